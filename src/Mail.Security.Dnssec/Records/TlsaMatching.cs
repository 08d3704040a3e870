namespace Mail.Security.Dnssec;

/// <summary>How the data of a TLSA record is compared (RFC 6698 §2.1.3); any other octet may occur and is kept.</summary>
public enum TlsaMatching : byte
{
    /// <summary>Full(0): the selected content itself.</summary>
    Full = 0,

    /// <summary>SHA2-256(1): its SHA-256 digest.</summary>
    Sha256 = 1,

    /// <summary>SHA2-512(2): its SHA-512 digest.</summary>
    Sha512 = 2,
}
