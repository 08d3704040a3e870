namespace Mail.Security.Sasl;

/// <summary>Why a text is no <see cref="ScramCredential"/>.</summary>
public enum ScramCredentialFault : byte
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>It has not the form "scheme$iterations:salt$StoredKey:ServerKey" (RFC 5803 §1).</summary>
    Malformed,

    /// <summary>The scheme is none of SCRAM-SHA-1, SCRAM-SHA-256 and SCRAM-SHA-512.</summary>
    UnknownScheme,

    /// <summary>The iteration count is no positive number without leading zeros, or lies outside 4,096 to 10,000,000.</summary>
    Iterations,

    /// <summary>The salt is not base64, or has not 8 to 1,024 octets.</summary>
    Salt,

    /// <summary>A key is not base64, or has not the length of the hash.</summary>
    Key,
}
