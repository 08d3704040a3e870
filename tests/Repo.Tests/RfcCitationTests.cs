using System.Globalization;
using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Every "RFC n §s" in code and documentation names a section that exists (eng/rfc-sections.txt), and docs/rfc-index.md says who cites what.</summary>
public sealed partial class RfcCitationTests
{
    private static readonly Dictionary<int, HashSet<string>> Sections = File.ReadLines(Path.Combine(Repository.Root, "eng", "rfc-sections.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": ", 2))
        .ToDictionary(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1].Split(' ').ToHashSet(StringComparer.Ordinal));

    [Fact]
    public void Citations_InTheRepository_NameSectionsThatExist()
    {
        var files = Repository.CodeFiles("src", "tests", "samples", "benchmarks").Concat(Documents());
        var wrong = from file in files
                    where !file.EndsWith("RfcCitationTests.cs", StringComparison.Ordinal)
                    from citation in Citations(File.ReadAllText(file))
                    where !Exists(citation.Rfc, citation.Section)
                    select $"{Repository.Relative(file)}: RFC {citation.Rfc} §{citation.Section}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Index_OfRfcs_NamesExactlyThePackagesThatCiteThem()
    {
        var cited = from project in Repository.SourceProjects
                    let folder = Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project)!)
                    from rfc in Repository.CodeFiles(folder).SelectMany(file => Mention().Matches(File.ReadAllText(file))).Select(match => match.Groups["rfc"].Value).Distinct()
                    select (Rfc: rfc, Package: Path.GetFileName(folder)["Mail.Security.".Length..]);
        var expected = cited.GroupBy(item => item.Rfc, item => item.Package).Select(row => $"{row.Key}: {Sorted(row)}");

        var rows = from Match row in IndexRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "rfc-index.md")))
                   select $"{row.Groups["rfc"].Value}: {Sorted(row.Groups["packages"].Value.Split(", "))}";

        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("see RFC 7672 §2.2 and more", "7672 2.2")]
    [InlineData("RFC 5321 §4.2.1, §4.5.3.1.4.", "5321 4.2.1|5321 4.5.3.1.4")]
    [InlineData("(RFC 8461 §5.1; RFC 8689 §A.1)", "8461 5.1|8689 A.1")]
    [InlineData("[Trait(\"rfc\", \"7672#3.1.2\")]", "7672 3.1.2")]
    [InlineData("RFC 7505 without a section", "")]
    public void Citations_OfAText_AreFound(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Citations(text).Select(citation => $"{citation.Rfc} {citation.Section}")));

    [Theory]
    [InlineData(7672, "2.2", true)]
    [InlineData(7672, "4.1", false)]    // a citation another system carries, and which does not exist
    [InlineData(1, "1", false)]
    public void Exists_OfTheList_Answers(int rfc, string section, bool exists) => Assert.Equal(exists, Exists(rfc, section));

    private static bool Exists(int rfc, string section) => Sections.TryGetValue(rfc, out var known) && known.Contains(section);

    private static IEnumerable<(int Rfc, string Section)> Citations(string text) =>
        from Match match in Citation().Matches(text)
        from Capture section in match.Groups["section"].Captures
        select (int.Parse(match.Groups["rfc"].Value, CultureInfo.InvariantCulture), section.Value);

    private static string Sorted(IEnumerable<string> packages) => string.Join(", ", packages.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Documents() =>
        from folder in new[] { "docs", "src", "samples" }
        let path = Path.Combine(Repository.Root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.md", SearchOption.AllDirectories)
        select file;

    [GeneratedRegex(@"RFC (?<rfc>\d{3,5})(?:,? (?:and )?§(?<section>[0-9A-Z]+(?:\.[0-9]+)*))+|""rfc"", ?""(?<rfc>\d{3,5})#(?<section>[0-9A-Z]+(?:\.[0-9]+)*)""")]
    private static partial Regex Citation();

    [GeneratedRegex(@"RFC (?<rfc>\d{3,5})\b")]
    private static partial Regex Mention();

    [GeneratedRegex(@"^\| (?<rfc>\d+) \|[^|]+\| (?<packages>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex IndexRow();
}
