using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mail.Security.Fuzz.Engine;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz;

/// <summary>The command line; eng/fuzz.sh is what people use.</summary>
internal static class Program
{
    private const int FoundExitCode = 1;
    private const int UsageExitCode = 2;

    private static int Main(string[] args) => args switch
    {
        ["list"] => List(),
        ["instrument", var folder] => Instrument(folder),
        ["run", var name, var seconds, var corpus, var words, var output, var seed] when FuzzTargets.Find(name) is { } target =>
            Run(target, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), new(corpus, words, output), int.Parse(seed, CultureInfo.InvariantCulture)),
        ["minimise", var name, var corpus, var found, var to] when FuzzTargets.Find(name) is { } target => Minimise(target, corpus, found, to),
        ["replay", var name, .. var files] when FuzzTargets.Find(name) is { } target => Replay(target, files),
        ["afl", var name] when FuzzTargets.Find(name) is { } target => Afl(target),
        _ => Usage(),
    };

    private static int List()
    {
        foreach (var target in FuzzTargets.All)
            Console.WriteLine(target.Name);
        return 0;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("list | instrument FOLDER | run TARGET SECONDS CORPUS WORDS OUTPUT SEED | minimise TARGET CORPUS FOUND TO | replay TARGET FILE... | afl TARGET");
        return UsageExitCode;
    }

    // A copy of the output: what is instrumented cannot run without a map.
    private static int Instrument(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "Mail.Security.*.dll").Where(file => Path.GetFileName(file) != "Mail.Security.Fuzz.dll").Order(StringComparer.Ordinal))
            SharpFuzz.Fuzzer.Instrument(file, static _ => true, SharpFuzz.Options.Value);
        return 0;
    }

    private static int Run(FuzzTarget target, TimeSpan time, Folders folders, int seed)
    {
        using var watchdog = new Watchdog(folders.Output);
        using var map = new CoverageMap();
        var queue = Path.Combine(folders.Output, "queue");
        var loop = new FuzzLoop(target, map, new Mutator(seed, Corpus.ReadWords(folders.Words), target.MaxLength))
        {
            Before = watchdog.Begin,
            After = watchdog.End,
            Discovered = one => Corpus.Write(queue, one),
            Found = one => Report(one, folders.Output),
        };
        var started = Stopwatch.GetTimestamp();
        loop.Seed([.. Corpus.Read(folders.Corpus), .. Corpus.Read(queue)]);
        loop.Run(_ => Stopwatch.GetElapsedTime(started) < time);
        Console.WriteLine(loop.Describe(Stopwatch.GetElapsedTime(started)));
        return loop.Findings.Count == 0 ? 0 : FoundExitCode;
    }

    private static void Report(Finding finding, string output)
    {
        var path = Corpus.Write(Path.Combine(output, "crashes"), finding.Input);
        File.WriteAllText(path + ".txt", finding.Error.ToString());
        Console.WriteLine($"found: {path}: {finding.Error.GetType().Name}: {finding.Error.Message}");
    }

    private static int Minimise(FuzzTarget target, string corpus, string found, string to)
    {
        using var map = new CoverageMap();
        foreach (var input in Minimiser.Choose(target, map, Corpus.Read(corpus), Corpus.Read(found)))
            Console.WriteLine(Corpus.Write(to, input, "found-"));
        return 0;
    }

    private static int Replay(FuzzTarget target, string[] files)
    {
        using var map = new CoverageMap();
        var found = 0;
        foreach (var file in files)
        {
            if (Finding.Of(target, File.ReadAllBytes(file)) is not { } finding)
                continue;
            found++;
            Console.WriteLine($"{file}: {finding.Error}");
            Console.WriteLine(Encoding.Latin1.GetString(finding.Input));
        }
        return found == 0 ? 0 : FoundExitCode;
    }

    private static int Afl(FuzzTarget target)
    {
        SharpFuzz.Fuzzer.Run(stream =>
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            target.Try(copy.ToArray());
        });
        return 0;
    }

    private sealed record Folders(string Corpus, string Words, string Output);
}
