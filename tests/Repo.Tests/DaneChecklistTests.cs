using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Every line of docs/dane-checklist.md has a test, and every test that names a line names one that is there.</summary>
public sealed partial class DaneChecklistTests
{
    [Fact]
    public void Checklist_EveryLine_HasATest()
    {
        var lines = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "dane-checklist.md"))).Select(static row => row.Groups["line"].Value).Order(StringComparer.Ordinal).ToList();
        var tested = Repository.CodeFiles("tests").SelectMany(static file => Mark().Matches(File.ReadAllText(file))).Select(static mark => mark.Groups["line"].Value).Distinct().Order(StringComparer.Ordinal);

        Assert.True(lines.Count >= 20, $"only {lines.Count} lines");
        Assert.Equal(lines, tested);
    }

    [GeneratedRegex(@"^\| `(?<line>[a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"Trait\(""dukhovni"", ""(?<line>[a-z-]+)""\)")]
    private static partial Regex Mark();
}
