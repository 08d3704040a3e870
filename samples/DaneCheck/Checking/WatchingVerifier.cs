using Mail.Security;

namespace DaneCheck.Checking;

/// <summary>Notes the certificates a server presents, and says what the plan's verifier says.</summary>
internal sealed class WatchingVerifier(PeerVerifier inner) : PeerVerifier
{
    private const int MostShown = 16;

    public override string PolicyKey => inner.PolicyKey;

    /// <summary>The certificates in the order of the server; none before the handshake.</summary>
    public IReadOnlyList<CertificateReport> Seen { get; private set; } = [];

    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        Seen = [.. peer.Presented.Take(MostShown).Select(CertificateReport.Of)];
        return inner.Verify(peer);
    }
}
