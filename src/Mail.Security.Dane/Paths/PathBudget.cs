namespace Mail.Security.Dane;

/// <summary>What is left of the work that one handshake may cause (<see cref="DaneLimits"/>). Asked before the work, and never given back.</summary>
internal sealed class PathBudget
{
    private int _signatures = DaneLimits.Signatures;
    private int _paths = DaneLimits.Paths;
    private long _comparisons = DaneLimits.NameComparisons;

    /// <summary>True once something was left undone.</summary>
    public bool IsSpent { get; private set; }

    public bool TrySign(int cost) => Allow((_signatures -= Math.Min(cost, _signatures + 1)) >= 0);

    public bool TryPath() => Allow((_paths -= Math.Min(1, _paths + 1)) >= 0);

    public bool TryCompare(long count) => Allow((_comparisons -= Math.Min(count, _comparisons + 1)) >= 0);

    private bool Allow(bool isLeft)
    {
        IsSpent |= !isLeft;
        return isLeft;
    }
}
