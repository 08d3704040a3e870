using System.Globalization;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>The median of several rounds, with the least and the most.</summary>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    /// <summary>Null when there is nothing to tell the median of.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : new(sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }

    public override string ToString() => Least == Most ? Number(Median) : $"{Number(Median)} [{Number(Least)}–{Number(Most)}]";

    public static string Number(double value) => value.ToString(Math.Abs(value) switch { < 1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "#,0" }, CultureInfo.InvariantCulture);
}
