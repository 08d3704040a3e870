using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Proofs that look right and are those of other names or zones.</summary>
internal static class ReplayCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("a delegation's record denies a name below it", "a.child.z.test A", "Bogus 12: do not prove", Z + "child.z.test+; a.child.z.test A!", w => w.On("a.child.z.test A", new Rewritten(_ => new(3, [], Above(w))))),
        new("a CNAME left out of a denial", "alias.z.test A", "Bogus 12: do not prove", Z + "alias.z.test A!", w => w.On("alias.z.test A", new Rewritten(_ => new(0, [], [.. Soa(w), .. Nsec(w, "alias.z.test")])))),
        new("a CNAME left out of a denial of DS", "a.alias.z.test A", "Bogus 12: has no DS", Z + "alias.z.test!", w =>
        {
            w.On("a.alias.z.test A", new Stripped());
            w.On("alias.z.test DS", new Rewritten(_ => new(0, [], [.. Soa(w), .. Nsec(w, "alias.z.test")])));
        }),
        new("a name that is no delegation made to look like one", "b.z.test A", "Bogus 10", Z + "b.z.test A!", w =>
        {
            w.On("b.z.test A", new Stripped());
            w.On("b.z.test DS", new Rewritten(_ => new(0, [], [.. Soa(w), .. Nsec(w, "b.z.test")])));
        }),
        new("a wildcard's CNAME left out of a denial", "y.wildalias.z.test A", "Bogus 12: do not prove", Z + "y.wildalias.z.test A!", w => w.On("y.wildalias.z.test A", new AnswerOf("y.wildalias.z.test", DnsRecordType.Txt),
            new Rewritten(answer => new(0, [], [.. Soa(w), .. answer.Authority.Where(static record => record.Type is DnsRecordType.Nsec || record.Covered == DnsRecordType.Nsec), .. Nsec(w, "*.wildalias.z.test")])))),
        new("DNAME left out of a denial", "x.ren.z.test A", "Bogus 12: do not prove", Z + "x.ren.z.test A!", w => w.On("x.ren.z.test A", new Rewritten(_ => new(3, [], [.. Soa(w), .. Nsec(w, "ren.z.test"), .. Nsec(w, "z.test")])))),
        new("a DNAME beside the name left alone", "rena.z.test A", "Secure NoName", Z + "rena.z.test A+"),
        new("a denial of the zone above for a zone's own name", "child.z.test MX", "Bogus 12", Z + "child.z.test+; child.z.test MX!", w => w.On("child.z.test MX", new Rewritten(_ => new(0, [], Above(w))))),
        new("the zone's own denial of DS", "child.z.test DS", "Bogus 12", Z + "child.z.test DS!", w => w.On("child.z.test DS", new AnswerOf("child.z.test", DnsRecordType.Txt))),
    ];

    public static ConformanceTable Table { get; } = new("RFC 6840 §4.1", "replayed denials", Rows);

    private static SignedDnsRecord[] Soa(ConformanceWorld world) => [.. world.Server.Answer("nosuch.z.test", DnsRecordType.A).Authority.Where(static record => record.Type == DnsRecordType.Soa || record.Covered == DnsRecordType.Soa)];

    private static IReadOnlyList<SignedDnsRecord> Nsec(ConformanceWorld world, string owner) => world.Server.Denial(world.Zone, owner);

    private static SignedDnsRecord[] Above(ConformanceWorld world) => [.. Soa(world), .. Nsec(world, "child.z.test"), .. Nsec(world, "z.test")];
}
