using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Conformance.Rfc6840;

/// <summary>What lies at or below a trust anchor is judged from that one: nothing above it speaks for it.</summary>
public sealed class NestedAnchorTests
{
    [Theory, Trait("rfc", "6840#5.10")]
    [InlineData("", "Secure")]
    [InlineData("a CNAME and an A", "Bogus")]
    [InlineData("a DNAME above the anchor, a CNAME and an A", "Bogus")]
    public async Task Get_BelowAnAnchorInAnUnsignedZone_NothingUnsignedIsTaken(string forged, string expected)
    {
        await using var world = new ConformanceWorld(new ConformanceCase("", "", "", ""));
        var held = world.Server.AddZone("held.insec.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs }).Add("www.held.insec.test", DnsRecordType.A, ConformanceWorld.At);
        if (forged.Length > 0)
        {
            SignedDnsRecord Record(string owner, DnsRecordType type, params byte[] data) => new(owner, type, TimeSpan.FromMinutes(5), data);
            SignedDnsRecord[] records =
            [
                .. forged.Contains("DNAME", StringComparison.Ordinal) ? [Record("insec.test", DnsRecordType.Dname, "\u0004evil\u0004test\0"u8.ToArray())] : (SignedDnsRecord[])[],
                Record("www.held.insec.test", DnsRecordType.Cname, "\u0003www\u0004held\u0004evil\u0004test\0"u8.ToArray()),
                Record("www.held.evil.test", DnsRecordType.A, 6, 6, 6, 6),
            ];
            world.On("www.held.insec.test A", new SignedAnswerFault.Rewritten(answer => new(answer.Code, records, [])));
        }
        using var resolver = new DnssecResolver(
            new DnssecResolverOptions { Servers = [world.Server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = [.. world.Server.TrustAnchors, .. SignedDnsServer.AnchorsOf(held)] }, world.Time);

        var answer = await resolver.GetAAsync(DomainName.Parse("www.held.insec.test"), TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer switch
        {
            DnsAnswer<System.Net.IPAddress>.Found found => found.Security.ToString(),
            DnsAnswer<System.Net.IPAddress>.Failed failed => failed.Reason.ToString(),
            _ => "Absent",
        });
    }
}
