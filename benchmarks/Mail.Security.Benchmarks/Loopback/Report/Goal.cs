namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>Which side of a limit is good.</summary>
internal enum GoalSide
{
    AtMost,
    AtLeast,
}

/// <summary>A goal and what was measured for it.</summary>
/// <param name="Work">The work.</param>
/// <param name="Measure">What is compared.</param>
/// <param name="Side">Which side of the limit is good.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Measured">The rounds; null when it was not measured.</param>
internal sealed record Goal(string Work, string Measure, GoalSide Side, double Limit, Spread? Measured)
{
    public string Verdict
    {
        get
        {
            if (Measured is not { } measured)
                return "not measured";
            if (Side == GoalSide.AtMost ? measured.Median <= Limit : measured.Median >= Limit)
                return "met";
            var by = Math.Abs(measured.Median / Limit - 1);
            return Limit == 0 ? $"**missed** by {Spread.Number(measured.Median)}" : $"**missed** by {100 * by:0} %";
        }
    }

    public string Row => $"| {Work} | {Measure} | {Measured?.ToString() ?? "–"} | {(Side == GoalSide.AtMost ? "≤" : "≥")} {Limit.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} | {Verdict} |\n";
}
