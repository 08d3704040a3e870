using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Loopback.Servers;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>The text of results/loopback.md: the goals, and under them everything that was measured.</summary>
internal static class LoopbackReport
{
    public static string Write(string machine, LoopbackSettings settings, IReadOnlyList<Contender> contenders, Samples samples, WireFigures? wire)
    {
        var text = new StringBuilder($"# Loopback floor\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {settings.Rounds} rounds of {settings.Time.TotalSeconds} s, the servers of a work in turn; medians, with the least and the most in brackets\n");
        text.Append(settings.Core is { } core ? $"- Servers on core {core}, the load on another\n" : "- **Nothing was pinned to a core**: server and load disturb each other\n");
        foreach (var contender in contenders)
            text.Append(CultureInfo.InvariantCulture, $"- {contender.Name}: {contender.Version}\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.AppendJoin("", Goals.From(samples, wire).Select(goal => goal.Row));
        text.Append("\nWhere a goal is missed, [loopback-misses.md](loopback-misses.md) says what the profile shows.\n");
        text.Append("\n## Measurements\n\nCPU is seconds of the server for 10,000 messages (connections, where they are idle), kernel its part in system calls, load the generator's own use of its core.\n\n"
            + "| work | server | CPU | kernel | messages/s | MB/s | p50 µs | p99 µs | longest µs | peak RSS MiB | load | errors |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        text.AppendJoin("", samples.All.Select(sample => Row(sample.Key.Work, sample.Key.Server, sample.Results)));
        if (samples.Failures.Count > 0)
            text.Append("\n## Not measured\n\n").AppendJoin("", samples.Failures.Select(failure => $"- {failure}\n"));
        return text.ToString();
    }

    private static string Row(string work, string server, IReadOnlyList<LoadResult> results)
    {
        Spread Of(Func<LoadResult, double> value) => Spread.Of(results.Select(value))!.Value;
        string Median(Func<LoadResult, double> value) => Spread.Number(Of(value).Median);
        var errors = results.Sum(result => result.Errors);
        var first = results.Select(result => result.FirstError).FirstOrDefault(error => error is not null);
        return $"| {work} | {server} | {Of(result => result.CpuPer10k)} | {100 * Of(result => result.KernelShare).Median:0} % | {Median(result => result.MessagesPerSecond)} | {Median(result => result.MegabytesPerSecond)} "
            + $"| {Median(result => result.P50Micros)} | {Median(result => result.P99Micros)} | {Spread.Number(Of(result => result.MaxMicros).Most)} | {Median(result => result.PeakKib / 1024.0)} "
            + $"| {100 * Of(result => result.LoadCpuSeconds / result.Seconds).Median:0} % | {errors}{(first is null ? "" : $": {first.Replace('|', ' ')}")} |\n";
    }
}
