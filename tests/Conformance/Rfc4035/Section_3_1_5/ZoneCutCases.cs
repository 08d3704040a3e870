using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>A name where a zone begins has records on both sides of the cut, and the root has none above it.</summary>
internal static class ZoneCutCases
{
    private static readonly Other Either = new("Secure Found", "RFC 4035 §3.1.5: both zones speak with authority of their own NSEC record at a cut. Ours takes that of the zone that begins there (decision 0013), as it does for all types but DS; unbound takes either");

    private static readonly ConformanceCase[] Rows =
    [
        new("the NSEC record of the zone below", "child.z.test NSEC", "Secure Found", Z + "child.z.test+; child.z.test NSEC+", w => w.On("child.z.test NSEC", new Rewritten(_ => new(0, DeniedBelow(w), [])))),
        new("the NSEC record of the zone above", "child.z.test NSEC", "Bogus 6", Z + "child.z.test+; child.z.test NSEC!", w => w.On("child.z.test NSEC", new Rewritten(_ => new(0, w.Server.Denial(w.Zone, "child.z.test"), []))))
        { Unbound = Either },
        new("the NSEC record of the zone above an unsigned one", "insec.z.test NSEC", "Insecure Found", Z + "insec.z.test-; insec.z.test NSEC-", w =>
            w.On("insec.z.test NSEC", new Rewritten(_ => new(0, w.Server.Denial(w.Zone, "insec.z.test"), []))))
        { Unbound = Either },
        new("the servers of a zone, by the zone", "child.z.test NS", "Secure Found", Z + "child.z.test+; child.z.test NS+"),
        new("the servers of a zone, by the zone above, which does not sign them", "child.z.test NS", "Bogus 10", Z + "child.z.test+; child.z.test NS!", w => w.On("child.z.test NS", new MissingSignatures())),
        new("the beginning of a zone", "z.test SOA", "Secure Found", Z + "z.test SOA+"),
        new("the keys of the root", ". DNSKEY", "Secure Found", ".+; . DNSKEY+"),
        new("the servers of the root", ". NS", "Secure Found", ".+; . NS+"),
        new("no such type at the root", ". TXT", "Secure NoData", ".+; . TXT+"),
        new("no DS above the root", ". DS", "Secure NoData", ".+; . DS+"),
        new("the keys of the root, corrupt", ". DNSKEY", "Bogus 6", ".!", w => w.On(". DNSKEY", new CorruptSignatures())),
        new("the servers of the root, expired", ". NS", "Bogus 7: expired", ".+; . NS!", w => w.On(". NS", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))))),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §3.1.5", "both sides of a cut", Rows);

    private static SignedDnsRecord[] DeniedBelow(ConformanceWorld world) =>
        [.. world.Server.Answer("child.z.test", DnsRecordType.Tlsa).Authority.Where(static record => record.Type == DnsRecordType.Nsec || record.Covered == DnsRecordType.Nsec)];
}
