namespace Mail.Security.Dnssec;

/// <summary>Keeps what is known of the keys of trust points from one run to the next (RFC 5011). One resolver uses a store at a time.</summary>
/// <remarks>What it forgets is learnt again, at the cost of another hold-down time; but a key that was revoked and is configured would be trusted again, so it must not forget by halves.</remarks>
public interface ITrustAnchorStore
{
    /// <summary>Gives what was saved last.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All keys; empty when nothing was ever saved.</returns>
    /// <exception cref="IOException">What was saved cannot be read. Never to be taken for nothing.</exception>
    ValueTask<IReadOnlyList<TrackedAnchor>> LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves all keys in place of those before: wholly, or not at all.</summary>
    /// <param name="anchors">The keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When they will be there after a loss of power.</returns>
    /// <exception cref="IOException">They cannot be saved.</exception>
    ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> anchors, CancellationToken cancellationToken = default);
}
