namespace Mail.Security.Dnssec;

/// <summary>Keeps the keys of trust points for as long as the process runs. Safe for use by many callers at once.</summary>
public sealed class InMemoryTrustAnchorStore : ITrustAnchorStore
{
    private IReadOnlyList<TrackedAnchor> _anchors = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TrackedAnchor>> LoadAsync(CancellationToken cancellationToken = default) => new(Volatile.Read(ref _anchors));

    /// <inheritdoc/>
    public ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> anchors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        Volatile.Write(ref _anchors, [.. anchors]);
        return ValueTask.CompletedTask;
    }
}
