namespace Mail.Security.Dane;

/// <summary>Why a TLSA record cannot be used (RFC 6698 §4.1).</summary>
public enum TlsaUnusability : byte
{
    /// <summary>It can be used.</summary>
    None = 0,

    /// <summary>The certificate usage is unknown.</summary>
    UnknownUsage,

    /// <summary>The certificate usage is PKIX-TA(0) or PKIX-EE(1), which mail transfer does not use (RFC 7672 §3.1.3).</summary>
    PkixUsage,

    /// <summary>The selector is unknown.</summary>
    UnknownSelector,

    /// <summary>The matching type is unknown.</summary>
    UnknownMatching,

    /// <summary>The data is not as long as the digest must be.</summary>
    WrongDigestLength,

    /// <summary>The data of a Full(0) record is not exactly one certificate, or not exactly one public key.</summary>
    UnreadableData,

    /// <summary>
    /// The key of a DANE-TA(2) Full(0) record is too weak to vouch for anything, or of a kind whose signatures are not
    /// supported: no server could ever match it (RFC 6698 §4.1).
    /// </summary>
    UnfitKey,

    /// <summary>
    /// The record, its data or its key is over <see cref="DaneLimits"/>, or its certificate is written as nothing here reads, and was not looked at. Where no other record can be used the server must wait: what is not
    /// looked at is no reason to be content with less.
    /// </summary>
    OverLimit,
}
