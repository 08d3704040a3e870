using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>What must never be in the repository.</summary>
public sealed partial class HygieneTests
{
    [Fact]
    public void NugetConfig_OfTheRepository_NamesNoHost() =>
        Assert.DoesNotContain("http", File.ReadAllText(Path.Combine(Repository.Root, "nuget.config")), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Source_OfThePackages_HasNoUnfinishedWork()
    {
        var unfinished = from file in Repository.CodeFiles("src", "samples")
                         from line in File.ReadLines(file)
                         where Unfinished().IsMatch(line)
                         select $"{Repository.Relative(file)}: {line.Trim()}";
        Assert.Empty(unfinished);
    }

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}
