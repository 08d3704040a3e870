namespace Mail.Security.Delivery;

/// <summary>Asks a verifier and lets the peer pass whatever it says, but tells what it said: opportunistic TLS (RFC 7435 §3) and "TLS-Required: No" (RFC 8689 §4.2.2).</summary>
internal sealed class TolerantVerifier(PeerVerifier inner) : PeerVerifier
{
    public override string PolicyKey { get; } = $"tolerant({inner.PolicyKey})";

    public override PeerVerdict Verify(in PeerCertificates peer) => inner.Verify(peer) switch
    {
        PeerVerdict.Rejected(var reason, var detail) => new PeerVerdict.EncryptedOnly($"{reason}: {detail}"),
        var verdict => verdict,
    };
}
