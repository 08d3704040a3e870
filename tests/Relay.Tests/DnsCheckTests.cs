using Mail.Security.Testing;

namespace Relay.Tests;

/// <summary>The command dnscheck, as a process against a name server on loopback.</summary>
public sealed class DnsCheckTests
{
    [Fact]
    public async Task DnsCheck_RightWrongAndSilent_TheTableAndTheExitCode()
    {
        await using var dns = new LoopbackDnsServer();
        dns.AddMx("good.example", 10, "mx.good.example").AddTxt("good.example", "v=spf1 ip4:192.0.2.1 -all").AddAddress("relay.example", "192.0.2.1").AddPtr("192.0.2.1", "relay.example")
            .AddTxt("bad.example", "v=spf1 -all").AddMx("bad.example", 10, "mx.bad.example").AddMx("silent.example", 10, "mx.silent.example")
            .Misbehave("silent.example", DnsRecordType.Txt, new DnsServerFault.ResponseCode(2));

        var (code, output) = await RunAsync(dns, "--Domains=good.example");
        Assert.Equal(
            ["address    name           check  result  found",
             "192.0.2.1  relay.example  PTR    ok      the name leads to the address and back",
             "192.0.2.1  relay.example  EHLO   ok      the name in EHLO leads to the address",
             "192.0.2.1  good.example   SPF    ok      pass by ip4:192.0.2.1 of good.example",
             "-          good.example   MX     ok      mail goes to mx.good.example"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, code);

        (code, output) = await RunAsync(dns, "--Domains=good.example, bad.example");
        Assert.Equal(1, code);
        Assert.Contains("SPF    failed  fail by -all of bad.example: let the record name 192.0.2.1", output, StringComparison.Ordinal);

        (code, output) = await RunAsync(dns, "--SenderDomains=silent.example");
        Assert.Equal((75, true), (code, output.Contains("SPF    unknown  no answer: ", StringComparison.Ordinal)));

        (code, output) = await RunAsync(dns, "--Domains=a b");
        Assert.Equal((2, "Relay: Domains: 'a b' is not a domain name.\n"), (code, output));
    }

    private static async Task<(int Code, string Output)> RunAsync(LoopbackDnsServer dns, string domains)
    {
        var (code, output, error) = await RelayProgram.RunAsync("", "dnscheck", "--HostName=relay.example", $"--Resolver={dns.EndPoint}", "--PublicAddresses=192.0.2.1", domains);
        return (code, output + error);
    }
}
