namespace Mail.Security;

/// <summary>Why a TLS peer was rejected.</summary>
public enum PeerRejection : byte
{
    /// <summary>A reason not named below.</summary>
    Unspecified = 0,

    /// <summary>The peer presented no certificate.</summary>
    NoCertificate,

    /// <summary>No chain leads from the certificate to a trusted issuer.</summary>
    Untrusted,

    /// <summary>A certificate of the chain is past its end of validity.</summary>
    Expired,

    /// <summary>A certificate of the chain is not valid yet.</summary>
    NotYetValid,

    /// <summary>No name in the certificate is one of the names expected.</summary>
    NameMismatch,

    /// <summary>No usable TLSA record matches the certificates (RFC 7672 §2.2).</summary>
    NoTlsaMatch,

    /// <summary>The certificate is not meant for TLS servers.</summary>
    WrongPurpose,
}
