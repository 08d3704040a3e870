using System.Xml.Linq;

namespace Repo.Tests;

/// <summary>The arrows between the packages: the project files draw exactly these, and the documents show exactly these.</summary>
public sealed class ArrowTests
{
    // package; project references; outside packages. Written out here a second time on purpose: a change of an arrow is a decision.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Table = new(StringComparer.Ordinal)
    {
        ["Primitives"] = ([], []),
        ["Smtp"] = (["Primitives"], []),
        ["Sasl"] = (["Primitives"], []),
        ["Dnssec"] = (["Primitives"], ["BouncyCastle.Cryptography", "DnsClient"]),
        ["Dane"] = (["Dnssec"], ["BouncyCastle.Cryptography"]),
        ["MtaSts"] = (["Dnssec"], []),
        ["SenderAuthentication"] = (["Dnssec"], []),
        ["RequireTls"] = (["Smtp"], []),
        ["Transports"] = (["Sasl", "Smtp"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["SmtpServer"] = (["Sasl", "Smtp"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Delivery"] = (["Dane", "MtaSts", "RequireTls", "Transports"], []),
        ["Queue"] = (["Delivery"], ["MimeKit"]),
        ["Storage.Sqlite"] = (["Queue"], ["Microsoft.Data.Sqlite"]),
        ["Testing"] = (["Dane", "Transports"], ["BouncyCastle.Cryptography"]),
        ["Hosting"] = (["Queue", "SenderAuthentication", "SmtpServer"], ["Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options"]),
    };

    private static readonly string[] Analyzers = ["Microsoft.CodeAnalysis.PublicApiAnalyzers", "Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    [Fact]
    public void SourceFolders_EveryProject_IsInTheTable() =>
        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), Repository.SourceProjects.Select(Package).Order(StringComparer.Ordinal));

    public static TheoryData<string> Packages => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Packages))]
    public void ProjectFile_References_EqualTheTable(string package)
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", $"Mail.Security.{package}", $"Mail.Security.{package}.csproj"));
        var projects = Includes(project, "ProjectReference").Select(include => Package(include));
        var packages = Includes(project, "PackageReference").Except(Analyzers);

        Assert.Equal(Table[package].Projects.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
        Assert.Equal(Table[package].Packages.Order(StringComparer.Ordinal), packages.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Architecture_RowOfAPackage_EqualsTheTable(string package)
    {
        var row = Row("docs/architecture.md", $"| `{package}`").Split('|').Select(cell => cell.Trim()).ToArray();

        // A framework reference is named there too; it is no package.
        Assert.Equal(Table[package].Projects.Order(StringComparer.Ordinal), Names(row[3]).Order(StringComparer.Ordinal));
        Assert.Equal(Table[package].Packages.Order(StringComparer.Ordinal), Names(row[4]).Where(name => !name.EndsWith(" (framework)", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_TableOfPackages_EqualsTheTable()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "README.md")).Where(line => line.StartsWith("| [`Mail.Security.", StringComparison.Ordinal));
        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), rows.Select(row => row.Split('`')[1]["Mail.Security.".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void InternalsVisibleTo_InSource_OnlyOwnTestsAndBenchmarks()
    {
        var grants = Repository.CodeFiles("src").Where(file => File.ReadAllText(file).Contains("InternalsVisibleTo(", StringComparison.Ordinal));
        Assert.Empty(grants.Select(Repository.Relative));
        Assert.DoesNotContain(Repository.SourceProjects, file => File.ReadAllText(file).Contains("InternalsVisibleTo", StringComparison.Ordinal));
    }

    private static string Row(string document, string start) =>
        File.ReadLines(Path.Combine(Repository.Root, document)).Single(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string[] Names(string cell) => cell == "–" ? [] : cell.Split(", ");

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(item => item.Attribute("Include")!.Value);

    private static string Package(string projectFile) => Path.GetFileNameWithoutExtension(projectFile)["Mail.Security.".Length..];
}
