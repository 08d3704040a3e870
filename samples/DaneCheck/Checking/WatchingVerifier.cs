using DaneCheck.Keys;
using Mail.Security;
using Mail.Security.Dane;

namespace DaneCheck.Checking;

/// <summary>Notes the certificates a server presents and what they leave uncovered of its records, and says what the plan's verifier says.</summary>
internal sealed class WatchingVerifier(PeerVerifier inner, DaneDecision? decision, ushort port) : PeerVerifier
{
    private const int MostShown = 16;

    public override string PolicyKey => inner.PolicyKey;

    /// <summary>The certificates in the order of the server; none before the handshake.</summary>
    public IReadOnlyList<CertificateReport> Seen { get; private set; } = [];

    /// <summary>The first of them in DER; empty before the handshake.</summary>
    public ReadOnlyMemory<byte> Leaf { get; private set; }

    /// <summary>The forms of published records that match none of what the server presents.</summary>
    public IReadOnlyList<RecordForm> Uncovered { get; private set; } = [];

    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        Seen = [.. peer.Presented.Take(MostShown).Select(CertificateReport.Of)];
        Leaf = peer.Leaf?.RawData ?? [];
        var verdict = inner.Verify(peer);
        if (verdict is PeerVerdict.Authenticated && decision is DaneDecision.Authenticate(var policy))
            Uncovered = [.. Coverage.Uncovered(policy, port, peer.Presented).Select(static one => one.Form)];
        return verdict;
    }
}
