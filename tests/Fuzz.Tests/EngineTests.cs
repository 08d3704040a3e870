using System.Diagnostics;
using System.Security.Cryptography;
using Mail.Security.Fuzz.Engine;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Tests;

/// <summary>The engine finds what is hidden, makes it small, and does the same again for the same seed.</summary>
public sealed class EngineTests
{
    [Fact]
    public void Mutate_SameSeed_SameInputsWithinTheLimit()
    {
        static IEnumerable<byte[]> Make(int seed)
        {
            var mutator = new Mutator(seed, [[.. "EHLO"u8]], 100);
            for (var count = 0; count < 500; count++)
                yield return mutator.Mutate([.. "MAIL FROM:<a@b.example>"u8], [.. "other"u8]);
        }

        var inputs = Make(1).ToList();
        Assert.Equal(inputs, Make(1));
        Assert.NotEqual(inputs, Make(2));
        Assert.All(inputs, input => Assert.InRange(input.Length, 0, 100));
        Assert.Contains(inputs, input => input.AsSpan().IndexOf("EHLO"u8) >= 0);
    }

    // Without the map, chance finds five given bytes once in 10^12 tries.
    [Fact]
    public void Run_FaultBehindFiveBytes_IsFoundByItsEdgesAndMadeSmall()
    {
        using var map = new CoverageMap();
        var target = new FuzzTarget("hidden", input =>
        {
            for (var depth = 0; depth < Secret.Length; depth++)
            {
                if (depth >= input.Length || input[depth] != Secret[depth])
                    return;
                map.Counts[depth + 1]++;
            }
            throw new InvalidOperationException("found");
        });
        var loop = new FuzzLoop(target, map, new Mutator(7, [], 64));
        loop.Seed([[.. "seed"u8]]);
        loop.Run(one => one.Findings.Count == 0 && one.Executions < 500_000);

        var finding = Assert.Single(loop.Findings);
        Assert.Equal(Secret.ToArray(), finding.Input);
        Assert.Equal(Secret.Length, map.Edges);
        Assert.InRange(loop.Discoveries, 1, Secret.Length);
    }

    [Fact]
    public void Run_NewInput_IsKeptWithoutWhatItDoesNotNeed()
    {
        using var map = new CoverageMap();
        var kept = new List<byte[]>();
        var target = new FuzzTarget("letter", input => map.Counts[1] += (byte)(input.AsSpan().IndexOf((byte)'.') >= 0 ? 1 : 0));
        var loop = new FuzzLoop(target, map, new Mutator(7, [], 64)) { Discovered = kept.Add };
        loop.Seed([[.. "0123456789"u8]]);
        loop.Run(one => one.Discoveries == 0 && one.Executions < 10_000);
        Assert.Equal([[(byte)'.']], kept);
    }

    [Fact]
    public void Run_OneFaultManyWays_IsReportedOnce()
    {
        using var map = new CoverageMap();
        var loop = new FuzzLoop(new FuzzTarget("broken", input => throw new BrokenRuleException($"always: {input.Length}")), map, new Mutator(7, [], 64));
        loop.Seed([[1], [2, 3]]);
        loop.Run(one => one.Executions < 100);
        Assert.Empty(Assert.Single(loop.Findings).Input);
    }

    [Fact]
    public void Choose_ManyInputs_FewSmallOnesWithAllEdges()
    {
        using var map = new CoverageMap();
        var target = new FuzzTarget("letters", input =>
        {
            foreach (var octet in input.Where(octet => octet is >= (byte)'a' and <= (byte)'e'))
                map.Counts[octet]++;
        });
        Assert.Equal([[.. "de"u8], [.. "b"u8]], Minimiser.Choose(target, map, [[.. "ac"u8]], [[.. "xdyyez"u8], [.. "bx"u8], [.. "aacb"u8], [.. "dxxxxxxxx"u8]]));
    }

    [Fact]
    public void Learn_CountOfAnotherClass_IsNewAndNoNewEdge()
    {
        using var map = new CoverageMap();
        Assert.Equal([true, false, true, false], new byte[] { 1, 1, 40, 100 }.Select(count =>
        {
            map.Begin();
            map.Counts[4711] = count;
            return map.Learn();
        }));
        Assert.Equal(1, map.Edges);
    }

    [Fact]
    public void Try_InputThatCostsTooMuchMemory_IsAFinding() =>
        Assert.IsType<BrokenRuleException>(Finding.Of(new FuzzTarget("greedy", _ => GC.KeepAlive(new byte[80 << 20])), [])?.Error);

    [Fact]
    public async Task Instrument_ACopyOfTheOutput_RunsAndCountsEdges()
    {
        var folder = Directory.CreateTempSubdirectory("fuzz-tests-");
        try
        {
            var copy = Directory.CreateDirectory(Path.Combine(folder.FullName, "bin")).FullName;
            foreach (var file in Directory.EnumerateFiles(FuzzFolder.Binaries))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            var before = SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(FuzzFolder.Binaries, "Mail.Security.Smtp.dll"), TestContext.Current.CancellationToken));

            Assert.Equal((0, ""), await RunAsync(FuzzFolder.Binaries, "instrument", copy));
            var (code, output) = await RunAsync(copy, "run", "bdat", "0.5", FuzzFolder.CorpusOf("bdat"), FuzzFolder.WordsOf("bdat"), Path.Combine(folder.FullName, "out"), "1");

            Assert.Equal(0, code);
            Assert.Matches(@"^bdat +\d+ execs +\d+/s +[1-9]\d+ edges +\d+ inputs \(\d+ new\) +0 crashes\n$", output);
            Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(FuzzFolder.Binaries, "Mail.Security.Smtp.dll"), TestContext.Current.CancellationToken)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ReadOnlySpan<byte> Secret => "fuzz!"u8;

    private static async Task<(int Code, string Output)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "Mail.Security.Fuzz"), arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
