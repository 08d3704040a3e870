using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>A validated answer is kept no longer than the least of all its times.</summary>
internal static class TimeToLiveCases
{
    private const string Ask = "a.z.test A";
    private const string Good = Z + "a.z.test A+";

    private static readonly ConformanceCase[] Rows =
    [
        new("as it was signed", Ask, "Secure Found", Good) { Seconds = 300 },
        new("raised above what was signed", Ask, "Secure Found", Good, w => w.On(Ask, new OtherTtl(TimeSpan.FromDays(7)))) { Seconds = 300 },
        new("less than was signed", Ask, "Secure Found", Good, w => w.On(Ask, new OtherTtl(TimeSpan.FromSeconds(20)))) { Seconds = 20 },
        new("of one record less", Ask, "Secure Found", Good, w => w.On(Ask, new Rewritten(static answer => answer with
        { Answers = [answer.Answers[0] with { Ttl = TimeSpan.FromSeconds(7) }, .. answer.Answers.Skip(1)] }))) { Seconds = 7 },
        new("of the signature less", Ask, "Secure Found", Good, w => w.On(Ask, new Rewritten(static answer => answer.Select(static record =>
            record.Type == DnsRecordType.Rrsig ? record with { Ttl = TimeSpan.FromSeconds(9) } : record)))) { Seconds = 9 },
        new("the signature expires before", Ask, "Secure Found", Good, w => w.On(Ask, new Resigned(new SignatureChange { Expiration = TimeSpan.FromSeconds(30) }))) { Seconds = 30 },
        new("of an alias less", "alias.z.test A", "Secure Found", Z + "alias.z.test CNAME+; a.z.test A+", w => w.On("alias.z.test A", new Rewritten(static answer => answer.Select(static record =>
            record.Type == DnsRecordType.Cname ? record with { Ttl = TimeSpan.FromSeconds(11) } : record)))) { Seconds = 11 },
        new("of a denial", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Seconds = 60 },
        new("of a denial raised", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+", w => w.On("nosuch.z.test A", new OtherTtl(TimeSpan.FromDays(7)))) { Seconds = 60 },
        new("of a denial whose signature expires before", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+", w => w.On("nosuch.z.test A",
            new Resigned(new SignatureChange { Expiration = TimeSpan.FromSeconds(40) }, DnsRecordType.Nsec))) { Seconds = 40 },
        new("of a wildcard's denial less", "y.wild.z.test A", "Secure Found", Z + "y.wild.z.test A+", w => w.On("y.wild.z.test A", new Rewritten(static answer => answer with
        { Authority = [.. answer.Authority.Select(static record => record with { Ttl = TimeSpan.FromSeconds(5) })] }))) { Seconds = 5 },
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §5.3.3", "times to live", Rows);
}
