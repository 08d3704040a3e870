using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Every instrument is listed in docs/telemetry.md, under a name of the one scheme.</summary>
public sealed partial class InstrumentTests
{
    [Fact]
    public void Instruments_InSources_AreNamedByOneSchemeAndListed()
    {
        var made = Repository.CodeFiles("src").SelectMany(file => Instrument().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)).Distinct().ToList();
        Assert.NotEmpty(made);
        Assert.All(made, name => Assert.Matches("^mail(\\.[a-z_]+)+$", name));
        Assert.Equal(made.Order(StringComparer.Ordinal), Listed().Order(StringComparer.Ordinal));
    }

    // A cell names one instrument whole, and others that share its beginning by their last words.
    private static IEnumerable<string> Listed()
    {
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "telemetry.md")).Where(line => line.Contains("| `mail.", StringComparison.Ordinal)))
        {
            var first = "";
            foreach (var name in Quoted().Matches(line).Select(match => match.Groups[1].Value))
            {
                if (name.StartsWith("mail.", StringComparison.Ordinal))
                    yield return first = name;
                else if (name.StartsWith('.'))
                    yield return first[..first.LastIndexOf('.')] + name;
            }
        }
    }

    [GeneratedRegex(@"Create(?:Observable)?(?:Counter|Histogram|UpDownCounter|Gauge)<\w+>\(\s*""(?<name>[^""]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
