namespace Mail.Security.Dnssec;

/// <summary>A key of a trust point while its zone changes keys (RFC 5011 §4): what an <see cref="ITrustAnchorStore"/> keeps.</summary>
/// <param name="Anchor">The key, as the digest of it without the flag that revokes it.</param>
/// <param name="State">What it is to this resolver.</param>
/// <param name="Since">When it came to that state; of a revoked key when it was last seen.</param>
public sealed record TrackedAnchor(TrustAnchor Anchor, TrustAnchorState State, DateTimeOffset Since)
{
    /// <summary>When its hold-down time is over (RFC 5011 §2.4.1); null where it is not on trial.</summary>
    public DateTimeOffset? AcceptAt { get; init; }

    /// <summary>The trust anchors that signed for it when it was first seen: once all are revoked its trial ends (RFC 5011 §2.2). Empty where it is not on trial.</summary>
    public IReadOnlyList<TrustAnchor> Witnesses { get; init; } = [];

    /// <summary>True for one of <see cref="DnssecResolverOptions.TrustAnchors"/>: it is in force for as long as it is configured, unless it is revoked. What it signed for before it was taken out of the configuration stays.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>True for one that became a trust anchor by its trial: it is in force until it is revoked, configured or not.</summary>
    public bool IsLearnt { get; init; }

    /// <summary>True when chains of trust may begin from it.</summary>
    public bool IsInForce => State is TrustAnchorState.Valid or TrustAnchorState.Missing;
}
