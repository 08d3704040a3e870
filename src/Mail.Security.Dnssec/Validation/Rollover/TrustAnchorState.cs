namespace Mail.Security.Dnssec;

/// <summary>What a key of a trust point is to this resolver (RFC 5011 §4.2).</summary>
public enum TrustAnchorState : byte
{
    /// <summary>Nothing is known of it; such keys are not kept.</summary>
    Start,

    /// <summary>It was seen, signed for by a trust anchor, and is on trial until its hold-down time is over. It is no trust anchor.</summary>
    AddPending,

    /// <summary>It is a trust anchor.</summary>
    Valid,

    /// <summary>It is a trust anchor, and was not among the zone's keys when they were last seen.</summary>
    Missing,

    /// <summary>It was taken back by its owner, for ever. It is no trust anchor.</summary>
    Revoked,

    /// <summary>It was taken back, and has been gone for long. It is no trust anchor, and never becomes one again.</summary>
    Removed,
}
