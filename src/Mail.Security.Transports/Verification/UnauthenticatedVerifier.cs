namespace Mail.Security.Transports;

/// <summary>Lets every peer pass, and says that nothing is proven: the verifier of opportunistic TLS (RFC 7435 §3).</summary>
public sealed class UnauthenticatedVerifier : PeerVerifier
{
    /// <summary>The one value: it has no state.</summary>
    public static UnauthenticatedVerifier Instance { get; } = new();

    /// <summary>Always "none".</summary>
    public override string PolicyKey => "none";

    /// <inheritdoc/>
    /// <returns>Always <see cref="PeerVerdict.EncryptedOnly"/>.</returns>
    public override PeerVerdict Verify(in PeerCertificates peer) => new PeerVerdict.EncryptedOnly(string.Empty);
}
