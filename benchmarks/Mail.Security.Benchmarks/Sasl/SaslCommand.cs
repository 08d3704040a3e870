using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback.Report;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>Logins by SCRAM beside the derivation of keys that none of them can do without: prints the goals and writes results/sasl.md.</summary>
internal static class SaslCommand
{
    private const int Rounds = 7;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly int[] Counts = [4096, 15_000];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ([] or ["--print"]))
        {
            Console.Error.WriteLine("sasl [--print]");
            return 2;
        }
        var machine = MachineNotes.Begin();
        List<(ScramAccount Account, SaslFigures Figures)> works = [];
        foreach (var count in Counts)
            works.Add(await PrepareAsync(new ScramAccount(count)));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (account, figures) in works)
            {
                figures.Rounds.Add(await SaslRound.MeasureAsync(account));
                var last = figures.Rounds[^1];
                Console.Error.WriteLine($"{round + 1}/{Rounds}  {figures.Iterations,6}  PBKDF2 {Spread.Number(last.Derivation / 1000),8} µs  first {Spread.Number(last.First.Client / 1000),8} µs  again {Spread.Number(last.Again.Client / 1000),8} µs  verify {Spread.Number(last.Again.Verify / 1000),8} µs");
            }
        }
        works.ForEach(work => work.Account.Dispose());
        var report = SaslReport.Write(machine.End(HostEnvironmentInfo.GetCurrent()), [.. works.Select(work => work.Figures)]);
        Console.WriteLine(report);
        if (arguments.Length == 0)
            await File.WriteAllTextAsync(RepositoryFiles.Results("sasl"), report);
        return 0;
    }

    // The runtime compiles the code of a login for good only after it has run for a while, and needs time of its own for it.
    private static async Task<(ScramAccount, SaslFigures)> PrepareAsync(ScramAccount account)
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp; await Task.Delay(20))
            await SaslRound.MeasureAsync(account);
        return (account, new SaslFigures(account.Iterations, await SaslRound.AllocatedAsync(account, ClientMemory.Nothing), await SaslRound.AllocatedAsync(account, ClientMemory.Keys)));
    }
}
