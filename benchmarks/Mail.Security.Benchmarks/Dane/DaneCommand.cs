using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback.Report;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Dane;

/// <summary>Verdicts by TLSA records beside what the platform needs for a certificate: prints the goals and writes results/dane.md.</summary>
internal static class DaneCommand
{
    private const int Rounds = 7;
    private const int Slices = 25;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ([] or ["--print"]))
        {
            Console.Error.WriteLine("dane [--print]");
            return 2;
        }
        var machine = MachineNotes.Begin();
        var bench = new DaneBenchmarks();
        bench.Agree();
        var works = DaneReport.Works(bench);
        // The runtime compiles code for good only after it has run for a while, and needs time of its own for it.
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp; await Task.Delay(10))
            works.ForEach(static work => work.Slice());
        for (var round = 0; round < Rounds; round++)
        {
            // Of slices in turn the least counts: what else runs on the machine can only make one longer.
            var least = works.ConvertAll(static _ => double.MaxValue);
            for (var slice = 0; slice < Slices; slice++)
            {
                for (var at = 0; at < works.Count; at++)
                    least[at] = Math.Min(least[at], works[at].Slice());
            }
            for (var at = 0; at < works.Count; at++)
                works[at].Rounds.Add(least[at]);
            Console.Error.WriteLine($"{round + 1}/{Rounds}  {string.Join("  ", works.Select(static work => $"{work.Name} {Spread.Number(work.Rounds[^1])} ns"))}");
        }
        var report = DaneReport.Write(machine.End(HostEnvironmentInfo.GetCurrent()), works);
        Console.WriteLine(report);
        if (arguments.Length == 0)
            await File.WriteAllTextAsync(RepositoryFiles.Results("dane"), report);
        return 0;
    }
}
