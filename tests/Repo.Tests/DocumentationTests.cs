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
        var silent = members.Where(member => !Speaks(member)).Select(member => member.Attribute("name")!.Value);
        Assert.DoesNotContain(silent, name => !name.Contains("RegexGenerator", StringComparison.Ordinal) && !name.Contains('<'));
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

    private static bool HasCode(string project) => Repository.CodeFiles(Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project)!)).Any();

    private static bool Speaks(XElement member) =>
        member.Element("inheritdoc") is not null || member.Descendants("inheritdoc").Any()
        || member.Element("summary") is { } summary && (summary.HasElements || !string.IsNullOrWhiteSpace(summary.Value));
}
