using Mail.Security.Conformance;

namespace Mail.Security.Dnssec.Tests.Conformance;

/// <summary>Every case of every table, each marked by the section it belongs to: verdict, chain and sentence are what the text of the RFC asks for.</summary>
public sealed class ConformanceTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from table in ConformanceTables.All
        from row in table.Rows
        select new TheoryDataRow<string, string>(table.Subject, row.Name).WithTrait("rfc", table.Trait);

    [Theory, MemberData(nameof(Cases))]
    public async Task Ask_CaseOfATable_VerdictOfTheRfc(string table, string name)
    {
        var row = ConformanceTables.Of(table)[name];
        await using var world = new ConformanceWorld(row);

        var answer = await world.AskAsync(row, TestContext.Current.CancellationToken);

        var (expected, word) = row.Verdict.Split(": ") is [var state, var rest] ? (state, rest) : (row.Verdict, "");
        Assert.Equal($"{expected} | {row.Chain ?? answer.Chain}", $"{answer.Verdict} | {answer.Chain}");
        Assert.Contains(word, answer.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', answer.Sentence);
        Assert.Matches(row.Sentence ?? "", answer.Sentence);
        if (row.Seconds is { } seconds)
            Assert.Equal(TimeSpan.FromSeconds(seconds), answer.Ttl);
    }

    public static TheoryData<string> Forms => [.. ConformanceTables.Of("canonical form").Rows.Select(static row => row.Name)];

    // Every other case reads compressed names.
    [Theory, MemberData(nameof(Forms)), Trait("rfc", "4034#6.2")]
    public async Task Ask_NamesWrittenWhole_SameVerdict(string name)
    {
        var row = ConformanceTables.Of("canonical form")[name];
        await using var world = new ConformanceWorld(row);
        world.Server.Compression = Testing.DnsNameCompression.None;

        var answer = await world.AskAsync(row, TestContext.Current.CancellationToken);

        Assert.Equal((row.Verdict.Split(": ")[0], row.Chain), (answer.Verdict, answer.Chain));
    }

    [Fact, Trait("rfc", "8914#4")]
    public void Sentences_OfErrors_HaveTheNameOfTheirCode() =>
        Assert.All(ConformanceTables.Of("sentences").Rows, static row => Assert.Equal(row.Name, new ExtendedDnsError(ushort.Parse(row.Verdict.Split(' ')[^1], null), "").Name));

    [Fact]
    public void Tables_OfTheSuite_NameEachCaseOnce() =>
        Assert.All(ConformanceTables.All, static table => Assert.Equal(table.Rows.Count, table.Rows.Select(static row => row.Name).Distinct(StringComparer.Ordinal).Count()));
}
