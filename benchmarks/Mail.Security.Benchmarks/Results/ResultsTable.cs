using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;
using Mail.Security.Benchmarks.Budgets;

namespace Mail.Security.Benchmarks.Results;

/// <summary>The table of one benchmark class: each of ours, once for every baseline it is compared with.</summary>
internal static class ResultsTable
{
    private const string Head = """
        | benchmark | size | mean | error | bytes/s | allocated | baseline | its mean | ratio |
        |---|---:|---:|---:|---:|---:|---|---:|---:|

        """;

    public static string Write(Summary summary)
    {
        var text = new StringBuilder($"\n## {summary.BenchmarksCases[0].Descriptor.Type.Name}\n\n{Head}");
        foreach (var report in summary.Reports)
        {
            if (Floors.Ours(report.BenchmarkCase) is not { } ours)
                continue;
            var allocated = AllocationMeter.Measure(report.BenchmarkCase);   // of this thread alone: the diagnoser counts the whole process
            foreach (var baseline in ours.Baselines)
                text.Append(Row(report, allocated, Find(summary, report, baseline)));
        }
        return text.ToString();
    }

    private static BenchmarkReport Find(Summary summary, BenchmarkReport ours, string baseline) =>
        summary.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == baseline
            && report.BenchmarkCase.Parameters.ValueInfo == ours.BenchmarkCase.Parameters.ValueInfo);

    private static string Row(BenchmarkReport ours, long allocated, BenchmarkReport baseline)
    {
        var result = ours.ResultStatistics!;
        var other = baseline.ResultStatistics!;
        var size = ours.BenchmarkCase.Parameters.Items.SingleOrDefault(item => item.Name == "Size")?.Value as int?;
        var rate = size is { } bytes ? $"{Number(bytes / result.Mean)} GB" : "";
        return $"| {ours.BenchmarkCase.Descriptor.WorkloadMethod.Name} | {Size(size)} | {Time(result.Mean)} | ±{Number(100 * result.StandardError / result.Mean)} % | {rate} "
            + $"| {allocated} B | {baseline.BenchmarkCase.Descriptor.WorkloadMethod.Name} | {Time(other.Mean)} | {Number(result.Mean / other.Mean)} |\n";
    }

    private static string Size(int? bytes) => bytes switch
    {
        null => "",
        < 1024 * 1024 => $"{bytes / 1024} KiB",
        _ => $"{bytes / 1024 / 1024} MiB",
    };

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Number(nanoseconds)} ns",
        < 1e6 => $"{Number(nanoseconds / 1e3)} µs",
        _ => $"{Number(nanoseconds / 1e6)} ms",
    };

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
