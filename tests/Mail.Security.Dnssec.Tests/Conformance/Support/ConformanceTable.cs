namespace Mail.Security.Dnssec.Tests.Conformance;

/// <summary>Runs the rows of one table.</summary>
public abstract class ConformanceTable
{
    /// <summary>The chain down to z.test, all of it secure.</summary>
    private protected const string Z = ".+; test+; z.test+; ";

    private protected static TheoryData<string> NamesOf(ConformanceCase[] rows) => [.. rows.Select(static row => row.Name)];

    private protected static async Task RunAsync(ConformanceCase[] rows, string name)
    {
        var row = rows.Single(row => row.Name == name);
        await using var world = new ConformanceWorld(row);
        row.Arrange?.Invoke(world);

        var (verdict, chain, sentence) = await world.AskAsync(row.Ask, row.Settings, TestContext.Current.CancellationToken);

        var (expected, word) = row.Verdict.Split(": ") is [var state, var rest] ? (state, rest) : (row.Verdict, "");
        Assert.Equal($"{expected} | {row.Chain}", $"{verdict} | {chain}");
        Assert.Contains(word, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }
}
