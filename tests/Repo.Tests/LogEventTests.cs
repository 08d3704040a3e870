using System.Globalization;
using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Log event ids are unique in the suite and stay in the range of their package (docs/telemetry.md).</summary>
public sealed partial class LogEventTests
{
    private static readonly Dictionary<string, int> Ranges = new(StringComparer.Ordinal)
    {
        ["Dnssec"] = 1000, ["Dane"] = 1100, ["MtaSts"] = 1200, ["Transports"] = 1300, ["SmtpServer"] = 1400,
        ["Delivery"] = 1500, ["Queue"] = 1600, ["Storage.Sqlite"] = 1700, ["Hosting"] = 1800, ["RequireTls"] = 1900,
    };

    [Fact]
    public void EventIds_InTheSuite_AreUnique()
    {
        var twice = Events().GroupBy(item => item.Id).Where(group => group.Count() > 1);
        Assert.Empty(twice.Select(group => $"{group.Key}: {string.Join(", ", group.Select(item => item.File))}"));
    }

    [Fact]
    public void EventIds_OfAPackage_AreInItsRange()
    {
        var outside = Events().Where(item => !Ranges.TryGetValue(item.Package, out var first) || item.Id < first || item.Id >= first + 100);
        Assert.Empty(outside.Select(item => $"{item.File}: {item.Id}"));
    }

    [Fact]
    public void LoggerMessages_InTheSuite_AllCarryAnId()
    {
        var bare = Repository.CodeFiles("src").Where(file => Declaration().Count(File.ReadAllText(file)) != Numbered().Count(File.ReadAllText(file)));
        Assert.Empty(bare.Select(Repository.Relative));
    }

    private static IEnumerable<(string Package, string File, int Id)> Events() =>
        from file in Repository.CodeFiles("src")
        from Match match in Numbered().Matches(File.ReadAllText(file))
        let relative = Repository.Relative(file)
        select (relative.Split(Path.DirectorySeparatorChar)[1]["Mail.Security.".Length..], relative, int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex Numbered();
}
