using System.Reflection;
using Mail.Security.Fuzz.Engine;

namespace Mail.Security.Fuzz.Tests;

/// <summary>The files of tests/Fuzz.</summary>
internal static class FuzzFolder
{
    public static string Root { get; } = Metadata("FuzzFolder");

    public static string Binaries { get; } = Path.Combine(Root, "bin", Metadata("Configuration"), "net10.0");

    public static string CorpusOf(string target) => Path.Combine(Root, "Corpus", target);

    public static string WordsOf(string target) => Path.Combine(Root, "Dictionaries", target + ".dict");

    public static List<byte[]> Inputs(string target) => Corpus.Read(CorpusOf(target));

    private static string Metadata(string key) =>
        typeof(FuzzFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
