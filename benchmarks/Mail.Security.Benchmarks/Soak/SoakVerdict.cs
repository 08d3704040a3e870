using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>Whether the server grew: the last third of a soak beside the second; the first is warm-up.</summary>
internal static class SoakVerdict
{
    private const double RssPart = 0.10;
    private const double RssMiB = 8;
    private const double FilesPart = 0.05;
    private const double Few = 16;

    /// <summary>What grew, in words; empty when nothing did.</summary>
    public static IEnumerable<string> Growth(IReadOnlyList<SoakSample> samples)
    {
        var third = samples.Count / 3;
        if (third == 0)
            yield break;
        IReadOnlyList<SoakSample> middle = [.. samples.Skip(third).Take(third)], last = [.. samples.Skip(2 * third)];
        if (Grew(middle, last, Rss, RssPart, RssMiB) is { } rss)
            yield return $"memory: {rss} MiB";
        if (Grew(middle, last, sample => sample.Process.Files, FilesPart, Few) is { } files)
            yield return $"open files: {files}";
        if (Grew(middle, last, sample => sample.Process.Threads, 0, Few) is { } threads)
            yield return $"threads: {threads}";
    }

    public static double Rss(SoakSample sample) => sample.Process.RssKiB / 1024.0;

    /// <summary>The slope of a straight line through the last two thirds, a minute.</summary>
    public static double SlopeAMinute(IReadOnlyList<SoakSample> samples, Func<SoakSample, double> value)
    {
        IReadOnlyList<SoakSample> judged = [.. samples.Skip(samples.Count / 3)];
        if (judged.Count < 2)
            return 0;
        var (x, y) = (judged.Average(sample => sample.At.TotalMinutes), judged.Average(value));
        return judged.Sum(sample => (sample.At.TotalMinutes - x) * (value(sample) - y)) / judged.Sum(sample => Math.Pow(sample.At.TotalMinutes - x, 2));
    }

    private static string? Grew(IReadOnlyList<SoakSample> before, IReadOnlyList<SoakSample> after, Func<SoakSample, double> value, double part, double least)
    {
        var (from, to) = (Spread.Of(before.Select(value))!.Value.Median, Spread.Of(after.Select(value))!.Value.Median);
        return to > from * (1 + part) + least ? $"from {Spread.Number(from)} to {Spread.Number(to)}" : null;
    }
}
