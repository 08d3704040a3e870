using Mail.Security.Conformance;

namespace Mail.Security.Dnssec.Tests.Conformance.Costs;

/// <summary>Costly zones (CVE-2023-50387, CVE-2023-50868) are bogus after no more work than the budget allows, counted and not timed.</summary>
public sealed class KeyTrapTests
{
    private static readonly ConformanceTable Table = ConformanceTables.Of("costs");
    private static readonly DnssecResolverOptions Defaults = new();

    // How many signatures may be checked at most, and how many names hashed.
    private static readonly Dictionary<string, (int Checks, int Hashes)> Most = new(StringComparer.Ordinal)
    {
        ["an ordinary answer"] = (20, 0),
        ["an ordinary denial"] = (20, 0),
        ["many signatures"] = (30, 0),
        ["many keys of one tag"] = (40, 0),
        ["many signatures and many keys of one tag"] = (40, 0),
        ["many DS records and many keys of one tag"] = (200, 0),
        ["many keys that sign the keys, of one tag"] = (200, 0),
        ["more keys than are looked at"] = (20, 0),
        ["many denials with many signatures"] = (200, 0),
        ["a long name that does not exist, as many iterations as are computed"] = (200, 10_000),
        ["a long name, unsigned, as many iterations as are computed"] = (200, 10_000),
        ["a short name, as many iterations as are computed"] = (30, 1_500),
        ["a long name that exists"] = (20, 0),
        ["a long name that exists and is not signed"] = (200, 0),
    };

    public static TheoryData<string> Names => [.. Table.Rows.Select(static row => row.Name)];

    [Theory, MemberData(nameof(Names)), Trait("rfc", "9276#4")]
    public async Task Judge_CostlyZone_BogusWithinTheBudget(string name)
    {
        var (row, (checks, hashes)) = (Table[name], Most[name]);
        await using var world = new ConformanceWorld(row);
        using var bench = new ValidatorBench(world);

        var (judgement, budget) = await bench.JudgeAsync(row.Ask, TestContext.Current.CancellationToken);

        Assert.Equal(row.Verdict.Split(' ')[0], judgement switch
        {
            Judgement.Refused refused => refused.Reason.ToString(),
            Judgement.Judged judged => judged.Security.ToString(),
            _ => "",
        });
        Assert.InRange(budget.Checked, 1, Math.Min(checks, Defaults.MaxSignatureChecks));
        // The keys of one more zone may be looked for with the last of the budget.
        Assert.InRange(budget.Hashed, 0, hashes == 0 ? 0 : Math.Min(hashes, Defaults.Nsec3Hashes) + (6 * (Defaults.MaxNsec3Iterations + 1)));
    }

    [Fact]
    public async Task Get_CostlyZoneTwice_AskedAndCheckedOnce()
    {
        var row = Table["many signatures"];
        await using var world = new ConformanceWorld(row);
        using var resolver = new DnssecResolver(world.OptionsOf(row), world.Time);
        var first = await resolver.GetAAsync(DomainName.Parse("a.z.test"), TestContext.Current.CancellationToken);
        var asked = world.Server.Queries.Count;

        var second = await resolver.GetAAsync(DomainName.Parse("a.z.test"), TestContext.Current.CancellationToken);

        Assert.Equal(DnsFailure.Bogus, Assert.IsType<DnsAnswer<System.Net.IPAddress>.Failed>(first).Reason);
        Assert.IsType<DnsAnswer<System.Net.IPAddress>.Failed>(second);
        Assert.Equal(asked, world.Server.Queries.Count);
    }
}
