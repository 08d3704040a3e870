using System.Text.Json;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>The real process validates signed zones from a trust anchor of a file.</summary>
public sealed class ChainTests : IDisposable
{
    private readonly string _anchors = Path.GetTempFileName();

    [Fact]
    public async Task Lookup_SignedZone_ChainFromTheRootToTheRecords()
    {
        await using var dns = Serve();

        var (code, output, error) = await RunAsync(dns);
        var (_, json, _) = await RunAsync(dns, "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"MX +example\.com +secure +10 mx\.example\.com\.", output);
        Assert.Matches(@"(?m)^\.  secure, key \d+ \w+", output);
        Assert.Matches(@"(?m)^  com  secure, key \d+ \w+", output);
        Assert.Matches(@"(?m)^    example\.com  secure, key \d+ \w+", output);
        Assert.Matches(@"(?m)^      example\.com MX  secure, key \d+ \w+", output);
        Assert.Equal([".", "com", "example.com", "example.com MX"],
            JsonDocument.Parse(json).RootElement.GetProperty("lookup").GetProperty("chain").EnumerateArray().Select(static link => link.GetProperty("name").GetString()!));
    }

    [Theory]
    [InlineData(".", "DNSKEY", @"(?m)^DNSKEY +\. +secure +257 3 13 ")]
    [InlineData(".", "NS", @"(?m)^NS +\. +secure +ns")]
    [InlineData(".", "TYPE15", @"(?m)^TYPE15 +\. +secure +none")]
    [InlineData("*.example.com", "TLSA", @"(?m)^TLSA +\*\.example\.com +secure +3 1 1 00ff")]
    [InlineData("*.example.com.", "A", @"(?m)^A +\*\.example\.com +secure +none")]
    [InlineData("*.com", "TLSA", @"(?m)^TLSA +\*\.com +secure +no such name")]
    public async Task Lookup_RootAndWildcards_AreNamesLikeOthers(string name, string type, string found)
    {
        await using var dns = Serve();

        var (code, output, error) = await CheckWorld.RunAsync("--lookup", name, type, "--mode", "validate", "--trust-anchor", _anchors, "--resolver", dns.EndPoint.ToString());

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(found, output);
    }

    [Fact]
    public async Task Lookup_NegativeTrustAnchor_IsInsecure()
    {
        await using var dns = Serve();
        dns.Depart("example.com", DnsRecordType.Mx, new SignedAnswerFault.Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))));

        var (code, output, _) = await RunAsync(dns, "--negative-trust-anchor", "example.com");
        var (twice, _, error) = await RunAsync(dns, "--negative-trust-anchor", "example.com", "--negative-trust-anchor", "example.com");

        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^MX +example\.com +insecure +10 mx\.example\.com\.", output);
        Assert.Equal(2, twice);
        Assert.Contains("several negative trust anchors", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookup_ExpiredSignature_BogusWithTheExtendedErrorAndTheLink()
    {
        await using var dns = Serve();
        dns.Depart("example.com", DnsRecordType.Mx, new SignedAnswerFault.Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))));

        var (code, output, _) = await RunAsync(dns);

        Assert.Equal(1, code);
        Assert.Matches(@"(?m)^MX +example\.com +no answer +Bogus: example\.com MX: the signature by key \d+ of zone example\.com expired [^\n]*\n +EDE 7 \(Signature Expired\)\r?$", output);
        Assert.Matches(@"(?m)^      example\.com MX  bogus", output);
    }

    public void Dispose() => File.Delete(_anchors);

    private SignedDnsServer Serve()
    {
        var dns = new SignedDnsServer();
        dns.AddZone("com");
        dns.AddZone("example.com").Add("example.com", DnsRecordType.Mx, "10 mx.example.com").Add("*.example.com", DnsRecordType.Tlsa, "3 1 1 00ff");
        File.WriteAllLines(_anchors, dns.TrustAnchors.Select(static anchor => anchor.ToString()));
        return dns;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(SignedDnsServer dns, params string[] more) =>
        CheckWorld.RunAsync(["--lookup", "example.com", "MX", "--mode", "validate", "--trust-anchor", _anchors, "--resolver", dns.EndPoint.ToString(), .. more]);
}
