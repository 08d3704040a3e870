using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>The text of results/soak.md.</summary>
internal static class SoakReport
{
    public static string Write(string machine, SoakSettings settings, SoakClients clients, IReadOnlyList<SoakSample> samples, SoakSample end, IReadOnlyList<string> problems)
    {
        var text = new StringBuilder($"# Soak\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {settings.Time.TotalMinutes:0.##} minutes, {settings.Idle:#,0} idle connections, {settings.Active} active ones of which {settings.Active / 3} misbehave\n");
        text.Append(CultureInfo.InvariantCulture, $"- {clients.Acknowledged:#,0} messages acknowledged, {end.Counts.Accepted:#,0} whole at the sink, {end.Counts.Damaged} damaged; {clients.Misdeeds:#,0} connections misbehaved\n");
        text.Append(CultureInfo.InvariantCulture, $"- Slope after the first third: {SoakVerdict.SlopeAMinute(samples, SoakVerdict.Rss):0.00} MiB, {SoakVerdict.SlopeAMinute(samples, sample => sample.Process.Files):0.0} files, {SoakVerdict.SlopeAMinute(samples, sample => sample.Process.Threads):0.0} threads a minute\n");
        text.Append(CultureInfo.InvariantCulture, $"- In the end: {end.Counts.Sessions} sessions, {end.Counts.OpenSinks} messages open, {end.Process.Files} files, {Spread.Number(SoakVerdict.Rss(end))} MiB\n");
        text.Append(problems.Count == 0 ? "\n**Nothing grew, nothing stuck, no reply was wrong.**\n" : "\n## Problems\n\n");
        text.AppendJoin("", problems.Select(problem => $"- {problem}\n"));
        text.Append("\n## Samples\n\n| minute | RSS MiB | heap MiB | committed MiB | open files | threads | sessions | messages at the sink |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        text.AppendJoin("", samples.Select(Line).Select(line => $"{line}\n"));
        return text.ToString();
    }

    public static string Line(SoakSample sample) => string.Create(CultureInfo.InvariantCulture,
        $"| {sample.At.TotalMinutes:0.0} | {SoakVerdict.Rss(sample):0.0} | {sample.Counts.Heap / 1048576.0:0.0} | {sample.Counts.Committed / 1048576.0:0.0} | {sample.Process.Files} | {sample.Process.Threads} | {sample.Counts.Sessions} | {sample.Counts.Accepted} |");
}
