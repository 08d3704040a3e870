using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Canonical form and order: what the way of an answer may change, and what not.</summary>
internal static class CanonicalCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("records in another order", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Shuffled(1))),
        new("records in a third order", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Shuffled(2))),
        new("every record twice", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Duplicated())),
        new("twice and in another order", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Duplicated(), new Shuffled(3))),
        new("names in upper case", "z.test MX", "Secure Found", Z + "z.test MX+", w => w.On("z.test MX", new OtherCase())),
        new("everything in upper case everywhere", "alias.z.test A", "Secure Found", Z + "alias.z.test CNAME+; a.z.test A+", w => w.Server.DepartAlways(new OtherCase())),
        new("a denial in upper case", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+", w => w.Server.DepartAlways(new OtherCase())),
        new("a hashed denial in upper case", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+", w => w.Server.DepartAlways(new OtherCase())) { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
        new("a DNAME in upper case", "x.ren.z.test A", "Secure Found", Z + "ren.z.test DNAME+; x.t.z.test A+", w => w.Server.DepartAlways(new OtherCase())),
        new("twice, mixed and in upper case everywhere", "y.wildalias.z.test A", "Secure Found", Z + "y.wildalias.z.test CNAME+; a.z.test A+", w => w.Server.DepartAlways(new OtherCase(), new Duplicated(), new Shuffled(4))),
        new("texts keep their case", "z.test TXT", "Bogus 6: does not fit", Z + "z.test TXT!", w => w.On("z.test TXT", new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Txt ? record with { Data = (byte[])[5, .. "HELLO"u8] } : record)))),
        new("a longer time to live than was signed", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new OtherTtl(TimeSpan.FromDays(7)))),
        new("a time to live of nothing", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new OtherTtl(TimeSpan.Zero))),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4034 §6.2", "canonical form", Rows);
}
