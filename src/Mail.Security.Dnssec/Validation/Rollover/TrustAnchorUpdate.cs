namespace Mail.Security.Dnssec;

/// <summary>What one look at the keys of the trust points brought.</summary>
/// <param name="Anchors">All keys as they stand now.</param>
/// <param name="Changes">Those that came to another state.</param>
/// <param name="Failures">What could not be asked, proven or saved: one line each, for people. Keys that are in force stay so.</param>
/// <param name="Next">When to look again; <see cref="Timeout.InfiniteTimeSpan"/> where nothing is followed.</param>
public sealed record TrustAnchorUpdate(IReadOnlyList<TrackedAnchor> Anchors, IReadOnlyList<TrustAnchorChange> Changes, IReadOnlyList<string> Failures, TimeSpan Next);
