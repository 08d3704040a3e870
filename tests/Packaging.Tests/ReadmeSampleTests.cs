using System.Reflection;
using System.Text.RegularExpressions;

namespace Packaging.Tests;

/// <summary>Every C# sample of every README and of docs is a whole program that compiles as a user would compile it, with nullable references and implicit usings.</summary>
public sealed partial class ReadmeSampleTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static TheoryData<string, int> Programs => [.. Readmes().SelectMany(readme => Samples(readme).Select((_, at) => (Path.GetRelativePath(PackedSuite.Root, readme), at)))];

    public static TheoryData<string> Documents => [.. Readmes().Select(readme => Path.GetRelativePath(PackedSuite.Root, readme))];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Sample_OfADocument_Compiles(string readme, int at)
    {
        var folder = Directory.CreateTempSubdirectory("mail-security-sample-").FullName;
        try
        {
            var sample = Samples(Path.Combine(PackedSuite.Root, readme)).ElementAt(at);
            await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), sample, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "Usings.cs"), ImplicitUsings, TestContext.Current.CancellationToken);
            await File.WriteAllLinesAsync(Path.Combine(folder, "program.rsp"), Options(), TestContext.Current.CancellationToken);

            var (code, output) = await PackedSuite.DotnetAsync(folder, "exec", Metadata("Compiler"), "@program.rsp");

            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Samples_OfADocument_AreWholePrograms(string document)
    {
        var text = File.ReadAllText(Path.Combine(PackedSuite.Root, document));

        // A block under another spelling of the language would be shown as C# and compiled by nobody.
        Assert.Equal(Fence().Count(text), Block().Count(text));
        Assert.DoesNotContain(Samples(Path.Combine(PackedSuite.Root, document)), code => !Directive().IsMatch(code));
    }

    [Fact]
    public void Samples_OfTheTopReadme_ShowTwoWaysOfUse() => Assert.Equal(2, Samples(Path.Combine(PackedSuite.Root, "README.md")).Count());

    private static IEnumerable<string> Options() =>
    [
        "-nologo", "-nostdlib+", "-nullable:enable", "-langversion:latest", "-target:exe", "-out:program.dll", "-nowarn:CS1701,CS1702", "-warnaserror+", "Program.cs", "Usings.cs",
        .. References().Select(reference => $"-reference:\"{reference}\""),
    ];

    private static IEnumerable<string> References()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var web = Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        var framework = Directory.EnumerateFiles(runtime, "*.dll").Concat(Directory.EnumerateFiles(web, "*.dll")).Where(file => IsManaged(Path.GetFileName(file)));
        return framework.Concat(PackedSuite.Names.Select(name => Path.Combine(PackedSuite.Root, "src", name, "bin", Metadata("Configuration"), "net10.0", name + ".dll")));
    }

    private static bool IsManaged(string file) =>
        (file.StartsWith("System.", StringComparison.Ordinal) && !file.Contains(".Native", StringComparison.Ordinal))
        || (file.StartsWith("Microsoft.", StringComparison.Ordinal) && !file.Contains("DiaSymReader", StringComparison.Ordinal)) || file is "mscorlib.dll" or "netstandard.dll";

    private static IEnumerable<string> Readmes() =>
        new[] { "src", "samples", "benchmarks", "docs" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PackedSuite.Root, folder), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(PackedSuite.Root, "*.md")).Where(file => !Built().IsMatch(file)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Samples(string readme) => Block().Matches(File.ReadAllText(readme)).Select(match => match.Groups["code"].Value);

    private static string Metadata(string key) => typeof(ReadmeSampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

    [GeneratedRegex(@"^```csharp\r?\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^[ \t>]*(```+|~~~+)[ \t]*(csharp|c#|cs)\b", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\Ausing [A-Z][A-Za-z0-9.]*;")]
    private static partial Regex Directive();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();
}
