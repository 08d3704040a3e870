using Mail.Security.Fuzz.Engine;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Tests;

/// <summary>What is in the repository for the targets, and how it is read.</summary>
public sealed class CorpusTests
{
    private const long MaxBytes = 1 << 20;
    private const int MaxFiles = 2000;

    [Fact]
    public void Folders_OfTheCorpus_AreTheTargets() =>
        Assert.Equal(FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Path.Combine(FuzzFolder.Root, "Corpus")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Dictionaries_AreTheTargets_AndHaveWords()
    {
        Assert.Equal(FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal), Directory.EnumerateFiles(Path.Combine(FuzzFolder.Root, "Dictionaries")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.All(FuzzTargets.All, target => Assert.NotEmpty(Corpus.ReadWords(FuzzFolder.WordsOf(target.Name))));
    }

    [Fact]
    public void Corpus_AsAWhole_StaysSmall()
    {
        var files = Directory.EnumerateFiles(Path.Combine(FuzzFolder.Root, "Corpus"), "*", SearchOption.AllDirectories).Select(file => new FileInfo(file)).ToList();
        Assert.InRange(files.Count, 1, MaxFiles);
        Assert.InRange(files.Sum(file => file.Length), 1, MaxBytes);
    }

    [Fact]
    public void Readme_ListsEveryTarget()
    {
        var text = File.ReadAllText(Path.Combine(FuzzFolder.Root, "README.md"));
        Assert.All(FuzzTargets.All, target => Assert.Contains($"| `{target.Name}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public void ReadWords_QuotesAndEscapes_GiveBytes()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# a remark\n\"plain\"\n\"\\x0d\\x0a\\xff\"\n\"a\\\"b\\\\c\"\n\n");
            Assert.Equal([[.. "plain"u8], [13, 10, 255], [.. "a\"b\\c"u8]], Corpus.ReadWords(file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
