using System.Xml.Linq;

namespace Repo.Tests;

/// <summary>The arrow table of docs/architecture.md, and that the project files draw exactly these arrows.</summary>
public sealed class ArrowTests
{
    // package; project references; outside packages. Written out here a second time on purpose: a change of an arrow is a decision.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Table = new(StringComparer.Ordinal)
    {
        ["Primitives"] = ([], []),
        ["Smtp"] = (["Primitives"], []),
        ["Dnssec"] = (["Primitives"], ["DnsClient"]),
        ["Dane"] = (["Dnssec"], ["BouncyCastle.Cryptography"]),
        ["MtaSts"] = (["Dnssec"], []),
        ["RequireTls"] = (["Smtp"], []),
        ["Transports"] = (["Smtp"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["SmtpServer"] = (["Smtp"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Delivery"] = (["Dane", "MtaSts", "RequireTls", "Transports"], []),
        ["Queue"] = (["Delivery"], ["MimeKit"]),
        ["Storage.Sqlite"] = (["Queue"], ["Microsoft.Data.Sqlite"]),
        ["Testing"] = (["Dane", "Transports"], ["BouncyCastle.Cryptography"]),
        ["Hosting"] = (["Queue", "SmtpServer"], []),
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

    [Fact]
    public void InternalsVisibleTo_InSource_OnlyOwnTestsAndBenchmarks()
    {
        var grants = Repository.CodeFiles("src").Where(file => File.ReadAllText(file).Contains("InternalsVisibleTo(", StringComparison.Ordinal));
        Assert.Empty(grants.Select(Repository.Relative));
        Assert.DoesNotContain(Repository.SourceProjects, file => File.ReadAllText(file).Contains("InternalsVisibleTo", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(item => item.Attribute("Include")!.Value);

    private static string Package(string projectFile) => Path.GetFileNameWithoutExtension(projectFile)["Mail.Security.".Length..];
}
