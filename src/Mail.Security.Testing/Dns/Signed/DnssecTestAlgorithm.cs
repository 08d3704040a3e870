namespace Mail.Security.Testing;

/// <summary>The algorithms a test zone can be signed by; the values are those of the wire (RFC 8624 §3.1).</summary>
public enum DnssecTestAlgorithm : byte
{
    /// <summary>RSA with SHA-1, which validators may pass over.</summary>
    RsaSha1 = 5,

    /// <summary>The same under the number that says the zone may use NSEC3 (RFC 5155 §2).</summary>
    RsaSha1Nsec3 = 7,

    /// <summary>RSA with SHA-256 (RFC 5702 §2.1).</summary>
    RsaSha256 = 8,

    /// <summary>RSA with SHA-512 (RFC 5702 §2.2).</summary>
    RsaSha512 = 10,

    /// <summary>ECDSA on the curve P-256 with SHA-256 (RFC 6605 §4).</summary>
    EcdsaP256 = 13,

    /// <summary>ECDSA on the curve P-384 with SHA-384 (RFC 6605 §4).</summary>
    EcdsaP384 = 14,

    /// <summary>Ed25519 (RFC 8080 §3).</summary>
    Ed25519 = 15,

    /// <summary>Ed448 (RFC 8080 §3).</summary>
    Ed448 = 16,
}
