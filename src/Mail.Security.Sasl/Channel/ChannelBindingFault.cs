namespace Mail.Security.Sasl;

/// <summary>Why a certificate gives no channel binding.</summary>
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
}
