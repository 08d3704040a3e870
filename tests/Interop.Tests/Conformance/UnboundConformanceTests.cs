using Mail.Security.Conformance;

namespace Interop.Tests;

/// <summary>Every case of our conformance tables asked of unbound, over our own signer and server: the same verdict, or a named exception.</summary>
public sealed class UnboundConformanceTests(UnboundConformance unbound, ITestOutputHelper output) : IClassFixture<UnboundConformance>
{
    public static IEnumerable<TheoryDataRow<string>> Tables => ConformanceTables.All.Select(static table => new TheoryDataRow<string>(table.Subject).WithTrait("rfc", table.Trait));

    [Theory, MemberData(nameof(Tables))]
    public async Task Cases_OfATable_AsUnboundSays(string table)
    {
        Assert.SkipWhen(UnboundConformance.WhyNot is not null, UnboundConformance.WhyNot ?? "");

        var outcomes = await unbound.RunAsync(ConformanceTables.Of(table), TestContext.Current.CancellationToken);

        var differences = outcomes.Where(static outcome => outcome.Agreement == CaseAgreement.Differs).Select(static outcome => outcome.Text).ToArray();
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Cases_OfAllTables_CountedAndOfEveryState()
    {
        Assert.SkipWhen(UnboundConformance.WhyNot is not null, UnboundConformance.WhyNot ?? "");
        var all = new List<CaseOutcome>();
        foreach (var table in ConformanceTables.All)
        {
            var outcomes = await unbound.RunAsync(table, TestContext.Current.CancellationToken);
            output.WriteLine($"{table}: {Count(outcomes)}");
            all.AddRange(outcomes);
        }
        output.WriteLine($"All: {Count(all)}");
        foreach (var outcome in all.Where(static outcome => outcome.Agreement is CaseAgreement.Excepted or CaseAgreement.NotAsked))
            output.WriteLine($"{outcome.Agreement}: {outcome.Text}");

        // A server that is down would agree with nobody, one that validates nothing with every insecure answer.
        Assert.All(["Secure Found", "Secure NoData", "Secure NoName", "Insecure Found", "Bogus"], verdict => Assert.Contains(all, outcome => outcome.Agreement == CaseAgreement.Agrees && outcome.Verdict == verdict));
    }

    private static string Count(IReadOnlyCollection<CaseOutcome> outcomes)
    {
        int Of(CaseAgreement agreement) => outcomes.Count(outcome => outcome.Agreement == agreement);
        return $"{Of(CaseAgreement.Agrees)} agreed, {Of(CaseAgreement.Excepted)} excepted, {Of(CaseAgreement.NotAsked)} not asked, {Of(CaseAgreement.Differs)} differ";
    }
}
