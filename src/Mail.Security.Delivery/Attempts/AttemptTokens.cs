namespace Mail.Security.Delivery;

/// <summary>What ends an attempt early.</summary>
/// <param name="Search">Ends lookups, dialing and the opening of sessions: the caller, or the time for them is over.</param>
/// <param name="Stop">Ends everything: the caller.</param>
internal readonly record struct AttemptTokens(CancellationToken Search, CancellationToken Stop);
