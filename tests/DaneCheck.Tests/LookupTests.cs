using System.Text.Json;
using Mail.Security;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

public sealed class LookupTests
{
    [Theory]
    [InlineData("example.com", "MX", "10 mx.example.com.")]
    [InlineData("mx.example.com", "a", "127.0.0.1")]
    [InlineData("www.example.com", "CNAME", "mx.example.com")]
    [InlineData("www.example.com", "A", "alias of mx.example.com, 127.0.0.1")]
    [InlineData("_25._tcp.mx.example.com", "TLSA", "3 1 1 00ff")]
    [InlineData("text.example.com", "TXT", "v=1?[31m")]
    [InlineData("127.0.0.1", "PTR", "mx.example.com")]
    [InlineData("example.com", "NS", "ns.example.com")]
    [InlineData("_submission._tcp.example.com", "SRV", "0 1 587 mx.example.com.")]
    [InlineData("example.com", "DS", "1234 13 2 00ff")]
    [InlineData("mx.example.com", "TYPE1", "mx.example.com. TYPE1 7f000001")]
    [InlineData("nothing.example.com", "MX", "no such name")]
    [InlineData("mx.example.com", "MX", "none")]
    public async Task Lookup_EachType_RecordsAndSecurity(string name, string type, string found)
    {
        await using var world = World();

        var (code, output, error) = await CheckWorld.RunAsync("--lookup", name, type, "--resolver", world.Dns.EndPoint.ToString());

        Assert.Equal((0, ""), (code, error));
        Assert.Matches($@"(?m)^{type.ToUpperInvariant()} +\S+ +secure +{System.Text.RegularExpressions.Regex.Escape(found)}\r?$", output);
    }

    [Fact]
    public async Task Lookup_Json_SaysTheSame()
    {
        await using var world = World();

        var (code, output, _) = await CheckWorld.RunAsync("--json", "--lookup", "www.example.com", "A", "--resolver", world.Dns.EndPoint.ToString());

        Assert.Equal(0, code);
        var lookup = JsonDocument.Parse(output).RootElement.GetProperty("lookup");
        Assert.Equal(("Secure", "127.0.0.1", "mx.example.com"), (lookup.GetProperty("security").GetString(), lookup.GetProperty("records")[0].GetString(), lookup.GetProperty("aliases")[0].GetString()));
        Assert.Empty(lookup.GetProperty("chain").EnumerateArray());
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(22, 75)]
    public async Task Lookup_ServerFailure_ExtendedErrorDecides(ushort code, int exitCode)
    {
        await using var world = World();
        world.Dns.Misbehave("example.com", DnsRecordType.Mx, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(code, "because")));

        var (exit, output, _) = await CheckWorld.RunAsync("--lookup", "example.com", "MX", "--resolver", world.Dns.EndPoint.ToString());

        Assert.Equal(exitCode, exit);
        Assert.Contains($"EDE {code} (", output, StringComparison.Ordinal);
        Assert.Contains("because", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookup_ValidatingWithoutSignatures_Fails()
    {
        await using var world = World();

        var (code, output, _) = await CheckWorld.RunAsync("--lookup", "example.com", "MX", "--mode", "validate", "--json", "--resolver", world.Dns.EndPoint.ToString());

        Assert.Contains(code, new[] { 1, 75 });
        Assert.NotEqual(JsonValueKind.Null, JsonDocument.Parse(output).RootElement.GetProperty("lookup").GetProperty("failure").ValueKind);
    }

    private static CheckWorld World()
    {
        var world = new CheckWorld();
        world.Dns.AddAlias("www.example.com", "mx.example.com").AddTlsa("_25._tcp.mx.example.com", "3 1 1 00ff").AddTxt("text.example.com", "v=1\e[31m").AddPtr("127.0.0.1", "mx.example.com")
            .AddNs("example.com", "ns.example.com").AddSrv("_submission._tcp.example.com", new SrvRecord(0, 1, 587, DomainName.Parse("mx.example.com"))).AddDs("example.com", new DsRecord(1234, 13, 2, new byte[] { 0, 255 }));
        return world;
    }
}
