namespace Mail.Security.Sasl;

/// <summary>Why a certificate, or a TLS, gives no channel binding.</summary>
public enum ChannelBindingFault : byte
{
    /// <summary>It gives one.</summary>
    None = 0,

    /// <summary>Its signature uses no hash function, as EdDSA does: the binding is undefined (RFC 5929 §4.1).</summary>
    NoHash,

    /// <summary>Its signature algorithm is none that is known here, or its parameters cannot be read or name two hash functions.</summary>
    UnknownAlgorithm,

    /// <summary>Its signature names a hash function that this machine does not have.</summary>
    HashUnavailable,

    /// <summary>The type is not defined for this version of TLS: "tls-unique" for TLS 1.3 (RFC 9266 §3), and nothing is for what is older than TLS 1.2.</summary>
    NotDefined,

    /// <summary>The handshake did not use the extended master secret, or nobody knows: then the value may be that of another channel too (RFC 7677 §4, RFC 9266 §2).</summary>
    MasterSecretNotExtended,

    /// <summary>The TLS exports no keying material, as <see cref="System.Net.Security.SslStream"/> does not today.</summary>
    ExporterUnavailable,

    /// <summary>The TLS gave no value, or one that is too long.</summary>
    NoData,
}
