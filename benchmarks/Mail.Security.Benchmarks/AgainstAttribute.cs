namespace Mail.Security.Benchmarks;

/// <summary>
/// Marks a benchmark of ours and names the baselines of the same class and the same parameters it is compared with. A benchmark with
/// this mark must have a line in budgets.json; one without it is a baseline.
/// </summary>
/// <param name="baselines">Method names, the fairest first.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AgainstAttribute(params string[] baselines) : Attribute
{
    /// <summary>Method names, the fairest first.</summary>
    public IReadOnlyList<string> Baselines { get; } = baselines;
}
