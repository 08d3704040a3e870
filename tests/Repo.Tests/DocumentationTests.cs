using System.Xml.Linq;

namespace Repo.Tests;

/// <summary>
/// Every public member is documented: the compiler refuses a missing comment (CS1591 is an error under src/),
/// and these tests refuse a suppressed or an empty one.
/// </summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Packages => [.. Repository.SourceProjects.Where(HasCode).Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Packages))]
    public void DocumentationFile_OfAPackage_SaysSomethingOfEveryMember(string package)
    {
        var file = Path.Combine(Repository.Root, "src", package, "bin", Repository.Configuration, "net10.0", package + ".xml");
        var members = XDocument.Load(file).Descendants("member").ToList();

        Assert.NotEmpty(members);
        var surface = PublicSurface(package);
        var silent = members.Where(member => !Speaks(member)).Select(member => member.Attribute("name")!.Value);
        Assert.DoesNotContain(silent, name => surface.Contains(TypeOf(name)));
    }

    [Fact]
    public void MissingComments_InSource_AreNowhereSuppressed()
    {
        var files = Repository.CodeFiles("src").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.props")).Concat(Repository.SourceProjects)
            .Append(Path.Combine(Repository.Root, ".editorconfig")).Append(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Empty(files.Where(file => File.ReadAllText(file).Contains("CS1591", StringComparison.Ordinal)).Select(Repository.Relative));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Readme_OfAPackage_HasASample(string package) =>
        Assert.Contains("```csharp", File.ReadAllText(Path.Combine(Repository.Root, "src", package, "README.md")), StringComparison.Ordinal);

    /// <summary>The names of the types in the PublicAPI files: every prefix of every line that ends before a dot, a parenthesis or a generic list.</summary>
    private static HashSet<string> PublicSurface(string package)
    {
        var lines = new[] { "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" }.SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, "src", package, file)));
        return lines.Select(line => line.Split(' ').First(word => word.StartsWith("Mail.", StringComparison.Ordinal) || word[0] == '#'))
            .Select(word => word.Split('<', '(')[0]).ToHashSet(StringComparer.Ordinal);
    }

    private static string TypeOf(string member)
    {
        var name = member[2..].Split('(')[0];
        if (member[0] != 'T')
            name = name[..name.LastIndexOf('.')];
        return name.Split('`')[0];
    }

    private static bool HasCode(string project) => Repository.CodeFiles(Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project)!)).Any();

    private static bool Speaks(XElement member) =>
        member.Element("inheritdoc") is not null || member.Descendants("inheritdoc").Any()
        || member.Element("summary") is { } summary && (summary.HasElements || !string.IsNullOrWhiteSpace(summary.Value));
}
