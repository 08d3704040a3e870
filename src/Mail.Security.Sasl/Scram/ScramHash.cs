namespace Mail.Security.Sasl;

/// <summary>The hash function of a SCRAM mechanism and of a credential stored for it.</summary>
public enum ScramHash : byte
{
    /// <summary>SHA-256 (RFC 7677 §3).</summary>
    Sha256 = 0,

    /// <summary>SHA-512.</summary>
    Sha512,

    /// <summary>SHA-1 (RFC 5802 §4).</summary>
    Sha1,
}
