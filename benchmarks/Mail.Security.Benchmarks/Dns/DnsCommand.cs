using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback.Report;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>Lookups from the cache, by the AD bit and validated here, beside each other: prints the goals and writes results/dns.md.</summary>
internal static class DnsCommand
{
    private const int Rounds = 9;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ([] or ["--print"]))
        {
            Console.Error.WriteLine("dns [--print]");
            return 2;
        }
        var machine = MachineNotes.Begin();
        var rounds = new List<DnsRound>();
        using (var peers = await DnsPeers.StartAsync())
        {
            // Unbound knows every answer afterwards, with CD and without, and the runtime has compiled for good.
            for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp;)
                await DnsRound.MeasureAsync(peers);
            while (rounds.Count < Rounds)
            {
                rounds.Add(await DnsRound.MeasureAsync(peers));
                var last = rounds[^1];
                Console.Error.WriteLine($"{rounds.Count}/{Rounds}  kept {Spread.Number(last.Kept / 1000),8} µs  asked {Spread.Number(last.Ecdsa.Kept.Asked / 1000),8} µs  validated {Spread.Number(last.Ecdsa.Kept.Validated / 1000),8} µs, by RSA {Spread.Number(last.Rsa.Kept.Validated / 1000),8} µs");
            }
        }
        var report = DnsReport.Write(machine.End(HostEnvironmentInfo.GetCurrent()), rounds);
        Console.WriteLine(report);
        if (arguments.Length == 0)
            await File.WriteAllTextAsync(RepositoryFiles.Results("dns"), report);
        return 0;
    }
}
