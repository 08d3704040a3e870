using System.Security.Cryptography.X509Certificates;

namespace Mail.Security;

/// <summary>The certificates a TLS peer presented, leaf first, then in the order sent.</summary>
/// <remarks>The certificates belong to the handshake: a verifier reads them during the call and keeps none.</remarks>
public readonly struct PeerCertificates
{
    private readonly IReadOnlyList<X509Certificate2>? _presented;

    /// <summary>Wraps what the peer presented.</summary>
    /// <param name="presented">Leaf first, then as sent; empty when the peer presented none.</param>
    public PeerCertificates(IReadOnlyList<X509Certificate2> presented)
    {
        ArgumentNullException.ThrowIfNull(presented);
        _presented = presented;
    }

    /// <summary>Leaf first, then as sent; empty when the peer presented none.</summary>
    public IReadOnlyList<X509Certificate2> Presented => _presented ?? [];

    /// <summary>The peer's own certificate; null when the peer presented none.</summary>
    public X509Certificate2? Leaf => Presented.Count > 0 ? Presented[0] : null;
}
