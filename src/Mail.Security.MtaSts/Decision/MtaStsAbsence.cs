namespace Mail.Security.MtaSts;

/// <summary>Why no MTA-STS policy is in force for a domain.</summary>
public enum MtaStsAbsence : byte
{
    /// <summary>No reason was given.</summary>
    Unspecified = 0,

    /// <summary>The domain has no MTA-STS record.</summary>
    NoRecord,

    /// <summary>The domain has more than one MTA-STS record, which counts as none (RFC 8461 §3.1).</summary>
    SeveralRecords,

    /// <summary>The domain's record is malformed, which counts as none (RFC 8461 §3.1).</summary>
    InvalidRecord,

    /// <summary>A record announces a policy, it could not be fetched, and none was cached (RFC 8461 §3.3).</summary>
    FetchFailed,

    /// <summary>As <see cref="FetchFailed"/>, a short while ago: the same version is not asked for again yet (RFC 8461 §3.3).</summary>
    FetchBackoff,

    /// <summary>The policy in force says that there is none: its mode is <see cref="MtaStsMode.None"/> (RFC 8461 §5).</summary>
    ModeNone,
}
