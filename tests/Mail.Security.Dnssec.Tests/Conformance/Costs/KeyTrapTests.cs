using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Conformance.Costs;

/// <summary>Zones made to be costly (CVE-2023-50387, CVE-2023-50868): bogus, after no more work than the budget allows, counted and not timed.</summary>
public sealed class KeyTrapTests
{
    private const int Many = 60;
    private static readonly DnssecResolverOptions Defaults = new();

    private static readonly SignedZoneOptions Rsa = new() { Algorithms = [DnssecTestAlgorithm.RsaSha256] };

    private static readonly SignedZoneOptions Hashed = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 150 };

    private static readonly Dictionary<string, (string Ask, string Verdict, int Checks, int Hashes, SignedZoneOptions Zone, Action<ConformanceWorld> Arrange)> Rows = new(StringComparer.Ordinal)
    {
        ["an ordinary answer"] = ("a.z.test A", "Judged", 20, 0, new(), static _ => { }),
        ["an ordinary denial"] = ("nosuch.z.test A", "Judged", 20, 0, new(), static _ => { }),
        ["many signatures"] = ("a.z.test A", "Bogus 6: more", 30, 0, Rsa, static w => w.On("a.z.test A", Wrong(Many))),
        ["many keys of one tag"] = ("a.z.test A", "Bogus 6: more", 40, 0, Rsa, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On("a.z.test A", Wrong(1));
        }),
        ["many signatures and many keys of one tag"] = ("a.z.test A", "Bogus 6: more", 40, 0, Rsa, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On("a.z.test A", Wrong(Many));
        }),
        ["many DS records and many keys of one tag"] = ("a.z.test A", "Bogus 6: more", 200, 0, Rsa, static w =>
        {
            var tag = w.Zone.Keys.Single(static one => one.Use == DnssecKeyUse.Keys).Key.Tag;
            Decoys(w, DnssecKeyUse.Keys, DnssecTestKey.KeySigningFlags);
            w.On("z.test DS", new SignedAnswerFault.Edited(record => record.Type == DnsRecordType.Ds ? record with { Data = DnssecTestKey.CreateDecoy(tag, DnssecTestKey.KeySigningFlags).ToDelegationSigner("z.test") } : record));
        }),
        ["many keys that sign the keys, of one tag"] = ("a.z.test A", "Bogus 6: more", 200, 0, Rsa, static w =>
        {
            Decoys(w, DnssecKeyUse.Keys, DnssecTestKey.KeySigningFlags);
            w.On("z.test DNSKEY", Wrong(4));
        }),
        ["many denials with many signatures"] = ("nosuch.z.test A", "Bogus 6", 200, 0, Rsa, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On("nosuch.z.test A", new SignedAnswerFault.Rewritten(answer => answer with { Authority = [.. answer.Authority, .. Enumerable.Range(0, 30).SelectMany(number => w.Server.Denial(w.Zone, "a.z.test").Select(record => record with { Owner = $"n{number}.z.test" }))] }),
                Wrong(4));
        }),
        ["a long name that does not exist, as many iterations as are computed"] = (Long + ".nosuch.z.test A", "Bogus 6: more", 200, 10_000, Hashed, static _ => { }),
        ["a long name, unsigned, as many iterations as are computed"] = (Long + ".nosuch.z.test A", "Bogus 6: more", 200, 10_000, Hashed, static w =>
            w.On(Long + ".nosuch.z.test A", new SignedAnswerFault.MissingRecords(DnsRecordType.Soa))),
        ["a short name, as many iterations as are computed"] = ("x.nosuch.z.test A", "Judged", 30, 1_500, Hashed, static _ => { }),
        ["a long name that exists"] = (Long + ".z.test A", "Judged", 20, 0, new(), static w => w.Zone.Add(Long + ".z.test", DnsRecordType.A, ConformanceWorld.At)),
        ["a long name that exists and is not signed"] = (Long + ".z.test A", "Bogus 10", 200, 0, new(), static w =>
        {
            w.Zone.Add(Long + ".z.test", DnsRecordType.A, ConformanceWorld.At);
            w.On(Long + ".z.test A", new SignedAnswerFault.Stripped());
        }),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    // As many labels as a name has room for.
    private static string Long => string.Join('.', Enumerable.Repeat("a", 110));

    [Theory, MemberData(nameof(Names)), Trait("rfc", "9276#4")]
    public async Task Judge_CostlyZone_BogusWithinTheBudget(string name)
    {
        var (ask, verdict, checks, hashes, zone, arrange) = Rows[name];
        await using var world = new ConformanceWorld(new ConformanceCase(name, ask, "", "") { Zone = zone });
        arrange(world);
        using var bench = new ValidatorBench(world);

        var (judgement, budget) = await bench.JudgeAsync(ask, TestContext.Current.CancellationToken);

        var (expected, word) = verdict.Split(": ") is [var state, var rest] ? (state, rest) : (verdict, "");
        Assert.Equal(expected, judgement is Judgement.Refused refused ? $"{refused.Reason} {refused.Error?.Code}" : "Judged");
        Assert.Contains(word, (judgement as Judgement.Refused)?.Detail ?? "", StringComparison.Ordinal);
        Assert.InRange(budget.Checked, 1, Math.Min(checks, Defaults.MaxSignatureChecks));
        // The keys of one more zone may be looked for with the last of the budget.
        Assert.InRange(budget.Hashed, 0, hashes == 0 ? 0 : Math.Min(hashes, Defaults.MaxNsec3Hashes) + (6 * (Defaults.MaxNsec3Iterations + 1)));
    }

    [Fact]
    public async Task Get_CostlyZoneTwice_AskedAndCheckedOnce()
    {
        await using var world = new ConformanceWorld(new ConformanceCase("", "", "", "") { Zone = Rsa });
        world.On("a.z.test A", Wrong(Many));
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [world.Server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = world.Server.TrustAnchors }, world.Time);
        var first = await resolver.GetAAsync(DomainName.Parse("a.z.test"), TestContext.Current.CancellationToken);
        var asked = world.Server.Queries.Count;

        var second = await resolver.GetAAsync(DomainName.Parse("a.z.test"), TestContext.Current.CancellationToken);

        Assert.Equal(DnsFailure.Bogus, Assert.IsType<DnsAnswer<System.Net.IPAddress>.Failed>(first).Reason);
        Assert.IsType<DnsAnswer<System.Net.IPAddress>.Failed>(second);
        Assert.Equal(asked, world.Server.Queries.Count);
    }

    // So many signatures in place of each, none of which fits.
    private static SignedAnswerFault.Rewritten Wrong(int count) => new(answer => new(answer.Code, [.. answer.Answers.SelectMany(record => Spoil(record, count))], [.. answer.Authority.SelectMany(record => Spoil(record, count))]));

    private static IEnumerable<SignedDnsRecord> Spoil(SignedDnsRecord record, int count) => record.Type != DnsRecordType.Rrsig ? [record]
        : Enumerable.Range(1, count).Select(number => record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ number)] });

    private static void Decoys(ConformanceWorld world, DnssecKeyUse use, int flags)
    {
        var tag = world.Zone.Keys.Single(one => one.Use == use).Key.Tag;
        for (var i = 0; i < Many; i++)
            world.Zone.AddKey(DnssecTestKey.CreateDecoy(tag, flags), use == DnssecKeyUse.Keys ? DnssecKeyUse.Keys : DnssecKeyUse.Published);
    }
}
