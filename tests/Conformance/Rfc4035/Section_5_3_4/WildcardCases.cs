using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Positive answers made by wildcards.</summary>
internal static class WildcardCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("a name the wildcard answers for", "y.wild.z.test A", "Secure Found", Z + "y.wild.z.test A+"),
        new("a name further down", "p.q.wild.z.test A", "Secure Found", Z + "p.q.wild.z.test A+"),
        new("an alias made by a wildcard", "y.wildalias.z.test A", "Secure Found", Z + "y.wildalias.z.test A+".Replace(" A+", " CNAME+") + "; a.z.test A+"),
        new("the alias itself", "y.wildalias.z.test CNAME", "Secure Found", Z + "y.wildalias.z.test CNAME+"),
        new("no proof that the name is not there", "y.wild.z.test A", "Bogus 12: wildcard", Z + "y.wild.z.test A!", w => w.On("y.wild.z.test A", new MissingRecords(DnsRecordType.Nsec))),
        new("the proof not signed", "y.wild.z.test A", "Bogus 12: wildcard", Z + "y.wild.z.test A!", w => w.On("y.wild.z.test A", new MissingSignatures(DnsRecordType.Nsec))),
        new("the proof's signature corrupt", "y.wild.z.test A", "Bogus 12: wildcard", Z + "y.wild.z.test A!", w => w.On("y.wild.z.test A", new CorruptSignatures(DnsRecordType.Nsec))),
        new("the proof of another name", "y.wild.z.test A", "Bogus 12: wildcard", Z + "y.wild.z.test A!", w => w.On("y.wild.z.test A", new DenialOf("nosuch.z.test", DnsRecordType.A))),
        new("a wildcard's records for a name that exists", "x.wild.z.test A", "Bogus 12: wildcard", Z + "x.wild.z.test A!", w => w.On("x.wild.z.test A", new Rewritten(answer =>
            w.Server.Answer("y.wild.z.test", DnsRecordType.A).Select(record => record.Owner == "y.wild.z.test" ? record with { Owner = "x.wild.z.test" } : record)))),
        new("a wildcard's records below a name that exists", "y.x.wild.z.test A", "Bogus 12: wildcard", Z + "y.x.wild.z.test A!", w => w.On("y.x.wild.z.test A", new Rewritten(_ =>
            w.Server.Answer("y.wild.z.test", DnsRecordType.A).Select(record => record.Owner == "y.wild.z.test" ? record with { Owner = "y.x.wild.z.test" } : record)))),
        new("a wildcard's records outside of it", "b.z.test A", "Bogus 6", Z + "b.z.test A!", w => w.On("b.z.test A", new Rewritten(_ =>
            w.Server.Answer("y.wild.z.test", DnsRecordType.A).Select(record => record.Owner == "y.wild.z.test" ? record with { Owner = "b.z.test" } : record)))),
        new("a wildcard's alias without proof", "y.wildalias.z.test A", "Bogus 12: wildcard", Z + "y.wildalias.z.test CNAME!", w => w.On("y.wildalias.z.test A", new MissingRecords(DnsRecordType.Nsec))),
        new("NSEC3: a name the wildcard answers for", "y.wild.z.test A", "Secure Found", Z + "y.wild.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
        new("NSEC3: a name further down", "p.q.wild.z.test A", "Secure Found", Z + "p.q.wild.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
        new("NSEC3: no proof that the name is not there", "y.wild.z.test A", "Bogus 12: wildcard", Z + "y.wild.z.test A!", w => w.On("y.wild.z.test A", new MissingRecords(DnsRecordType.Nsec3)))
        { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
        new("NSEC3: a wildcard's records for a name that exists", "x.wild.z.test A", "Bogus 12: wildcard", Z + "x.wild.z.test A!", w => w.On("x.wild.z.test A", new Rewritten(answer =>
            w.Server.Answer("y.wild.z.test", DnsRecordType.A).Select(record => record.Owner == "y.wild.z.test" ? record with { Owner = "x.wild.z.test" } : record))))
        { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §5.3.4", "wildcards", Rows);
}
