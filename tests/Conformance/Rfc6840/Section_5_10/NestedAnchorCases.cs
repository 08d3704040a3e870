using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>What lies at or below a trust anchor is judged from that one: nothing above it speaks for it.</summary>
internal static class NestedAnchorCases
{
    private const string Ask = "www.held.insec.test A";

    private static readonly ConformanceCase[] Rows =
    [
        new("an anchor in an unsigned zone", Ask, "Secure Found", "held.insec.test+; www.held.insec.test A+") { Settings = BothAnchors },
        new("an anchor in an unsigned zone, a CNAME and an A forged", Ask, "Bogus 10: www.held.insec.test CNAME", "held.insec.test+; www.held.insec.test CNAME!", w =>
            w.On(Ask, new Rewritten(static answer => new(answer.Code, Forged, [])))) { Settings = BothAnchors },
        new("an anchor in an unsigned zone, a DNAME above it, a CNAME and an A forged", Ask, "Bogus 10", "held.insec.test+; insec.test DNAME!", w =>
            w.On(Ask, new Rewritten(static answer => new(answer.Code, [Record("insec.test", DnsRecordType.Dname, "\u0004evil\u0004test\0"u8.ToArray()), .. Forged], [])))) { Settings = BothAnchors },
    ];

    public static ConformanceTable Table { get; } = new("RFC 6840 §5.10", "nested trust anchors", Rows);

    private static SignedDnsRecord[] Forged =>
    [
        Record("www.held.insec.test", DnsRecordType.Cname, "\u0003www\u0004held\u0004evil\u0004test\0"u8.ToArray()),
        Record("www.held.evil.test", DnsRecordType.A, 6, 6, 6, 6),
    ];

    private static SignedDnsRecord Record(string owner, DnsRecordType type, params byte[] data) => new(owner, type, TimeSpan.FromMinutes(5), data);

    private static void BothAnchors(DnssecResolverOptions options, ConformanceWorld world) => options.TrustAnchors = [.. world.Server.TrustAnchors, .. SignedDnsServer.AnchorsOf(world.Held)];
}
