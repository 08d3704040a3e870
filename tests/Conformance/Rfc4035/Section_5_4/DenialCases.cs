using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Authenticated denial of existence by NSEC records.</summary>
internal static class DenialCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("no such type", "a.z.test TXT", "Secure NoData", Z + "a.z.test TXT+"),
        new("no such type at the apex", "z.test A", "Secure NoData", Z + "z.test A+"),
        new("no such name", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+"),
        new("no such name before all others", "0.z.test A", "Secure NoName", Z + "0.z.test A+"),
        new("no such name behind all others", "zz.z.test A", "Secure NoName", Z + "zz.z.test A+"),
        new("no such name far below", "x.y.nosuch.z.test A", "Secure NoName", Z + "x.y.nosuch.z.test A+"),
        new("no such name below one that exists", "x.a.z.test A", "Secure NoName", Z + "x.a.z.test A+"),
        new("no such name in the zone above", "nosuch.test A", "Secure NoName", ".+; test+; nosuch.test A+"),
        new("no such name in the root", "nosuch A", "Secure NoName", ".+; nosuch A+"),
        new("an empty non-terminal", "ent.z.test A", "Secure NoData", Z + "ent.z.test A+"),
        new("a name beside an empty non-terminal's", "other.ent.z.test A", "Secure NoName", Z + "other.ent.z.test A+"),
        new("no such type at a wildcard's name", "y.wild.z.test TXT", "Secure NoData", Z + "y.wild.z.test TXT+"),
        new("a name that stands in the way of a wildcard", "x.wild.z.test A", "Secure NoData", Z + "x.wild.z.test A+"),
        new("below a name that stands in the way of a wildcard", "y.x.wild.z.test A", "Secure NoName", Z + "y.x.wild.z.test A+"),
        new("no DS at a name of the zone", "a.z.test DS", "Secure NoData", Z + "a.z.test DS+"),
        new("no DS at an unsigned delegation", "insec.z.test DS", "Secure NoData", Z + "insec.z.test DS+"),
        new("no NSEC at all", "nosuch.z.test A", "Bogus 12: nothing proves", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new MissingRecords(DnsRecordType.Nsec))),
        new("no NSEC for the type", "a.z.test TXT", "Bogus 12: nothing proves", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new MissingRecords(DnsRecordType.Nsec))),
        new("stripped of everything", "nosuch.z.test A", "Bogus 12: nothing proves", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Stripped())),
        new("NSEC not signed", "a.z.test TXT", "Bogus 12", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new MissingSignatures(DnsRecordType.Nsec))),
        new("NSEC's signature corrupt", "a.z.test TXT", "Bogus 6: does not fit", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new CorruptSignatures(DnsRecordType.Nsec))),
        new("NSEC's signature expired", "a.z.test TXT", "Bogus 7: expired", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)), DnsRecordType.Nsec))),
        new("SOA's signature corrupt", "a.z.test TXT", "Bogus 6: does not fit", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new CorruptSignatures(DnsRecordType.Soa))),
        new("SOA's signature expired", "a.z.test TXT", "Bogus 7: expired", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)), DnsRecordType.Soa))),
        new("SOA not signed", "a.z.test TXT", "Bogus 10: z.test SOA", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new MissingSignatures(DnsRecordType.Soa))),
        new("the wildcard not denied", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Nsec && record.Owner == "z.test" ? null : record)))),
        new("the name not denied", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Nsec && record.Owner != "z.test" ? null : record)))),
        new("a denial of another name", "b.z.test A", "Bogus 12: do not prove", Z + "b.z.test A!", w => w.On("b.z.test A", new AnswerOf("nosuch.z.test", DnsRecordType.A))),
        new("a denial of another type", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("a.z.test", DnsRecordType.Txt))),
        new("a denial of the type at another name", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("x.wild.z.test", DnsRecordType.A))),
        new("a denial of the zone above", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("nosuch.test", DnsRecordType.A))),
        new("a denial of the delegation's own types", "child.z.test MX", "Bogus 12: do not prove", Z + "child.z.test+; child.z.test MX!", w => w.On("child.z.test MX", new Rewritten(answer => new(0, [], w.Server.Answer("insec.z.test", DnsRecordType.Ds).Authority)))),
        new("a denial from below the delegation", "a.z.test A", "Bogus 12", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("nosuch.child.z.test", DnsRecordType.A))),
        new("the denial of a name that is only empty", "ent.z.test A", "Secure NoData", Z + "ent.z.test A+", w => w.On("ent.z.test A", new Rewritten(answer => answer with { Code = 3 }))),
        new("the denial of a type under a code that denies the name", "a.z.test TXT", "Secure NoData", Z + "a.z.test TXT+", w => w.On("a.z.test TXT", new Rewritten(answer => answer with { Code = 3 }))),
        new("the denial of a name under a code that does not", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(answer => answer with { Code = 0 }))),
        new("a record made by a wildcard denies nothing", "nosuch.wild.z.test TXT", "Bogus 12", Z + "nosuch.wild.z.test TXT!", w => w.On("nosuch.wild.z.test TXT", new Rewritten(answer => answer.Select(record =>
            record.Type is DnsRecordType.Soa || record.Covered is DnsRecordType.Soa || record.Owner != "*.wild.z.test" ? record : record with { Owner = "nosuch.wild.z.test" }))))
        { Unbound = new Other("Secure NoData", "RFC 4035 §3.1.3.4: records of denial are not expanded from wildcards. unbound takes one that is, where it says the same as the wildcard's own") },
        new("a record made by a wildcard denies a type of a name that exists", "x.wild.z.test TXT", "Bogus 12", Z + "x.wild.z.test TXT!", w => w.On("x.wild.z.test TXT", new Rewritten(_ => new(0, [],
            [.. w.Server.Answer("x.wild.z.test", DnsRecordType.Aaaa).Authority.Where(static record => record.Type == DnsRecordType.Soa || record.Covered == DnsRecordType.Soa),
             .. w.Server.Denial(w.Zone, "*.wild.z.test").Select(static record => record with { Owner = "x.wild.z.test" })])))),
        new("a record made by a wildcard denies a name", "nosuch.wild.z.test A", "Bogus 12", Z + "nosuch.wild.z.test A!", w => w.On("nosuch.wild.z.test A", new Rewritten(_ => new(3, [],
            [.. w.Server.Answer("nosuch.z.test", DnsRecordType.A).Authority, .. w.Server.Denial(w.Zone, "*.wild.z.test").Select(static record => record with { Owner = "m.wild.z.test" })])))),
        new("NSEC that cannot be read", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Edited(record => record.Type == DnsRecordType.Nsec ? record with { Data = new byte[] { 1, (byte)'x' } } : record)))
        { Unbound = new Other("Refused", "unbound refuses a message with a record it cannot read before it validates anything; ours leaves the record out (RFC 4035 §5.4: what does not prove is no proof)") },
        new("NSEC whose types cannot be read", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Edited(record => record.Type == DnsRecordType.Nsec ? record with { Data = (byte[])[.. record.Data.Span, 0, 0] } : record)))
        { Unbound = new Other("Secure NoData", "RFC 4034 §4.1.2: a block without types must not be included. unbound reads on") },
        new("a name that exists denied by the only gap of a zone", "a.child.z.test A", "Bogus 12: do not prove", Z + "child.z.test+; a.child.z.test A!", w => w.On("a.child.z.test A", new AnswerOf("nosuch.child.z.test", DnsRecordType.A))),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §5.4", "denial by NSEC", Rows);
}
