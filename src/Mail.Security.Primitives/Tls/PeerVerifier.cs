namespace Mail.Security;

/// <summary>Decides inside the TLS handshake whether the peer is who it should be.</summary>
/// <remarks>
/// This is the seam between those who know policy (DANE, MTA-STS) and those who open connections: neither knows the
/// other. An implementation does no I/O, keeps no certificate, and may be called from any thread.
/// </remarks>
public abstract class PeerVerifier
{
    /// <summary>A stable text that names the verification done: equal keys verify equally, whoever made them.</summary>
    /// <remarks>A connection may be used again only under an equal key; the text is also shown to people, so it holds no secret.</remarks>
    public abstract string PolicyKey { get; }

    /// <summary>Judges what the peer presented.</summary>
    /// <param name="peer">The peer's certificates.</param>
    /// <returns>
    /// <see cref="PeerVerdict.Authenticated"/>, <see cref="PeerVerdict.EncryptedOnly"/> (the handshake may go on, nothing is
    /// proven), or <see cref="PeerVerdict.Rejected"/> (the handshake must fail).
    /// </returns>
    public abstract PeerVerdict Verify(in PeerCertificates peer);
}
