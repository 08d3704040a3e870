using Mail.Security;

namespace DaneCheck.Checking;

/// <summary>Lets a server pass that one of two verifiers knows: the name of a domain, or that of the host its secure SRV record leads to (RFC 7673 §4.1).</summary>
internal sealed class EitherVerifier(PeerVerifier first, PeerVerifier second) : PeerVerifier
{
    public override string PolicyKey { get; } = $"either({first.PolicyKey}, {second.PolicyKey})";

    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        var one = first.Verify(peer);
        if (one is PeerVerdict.Authenticated)
            return one;
        var other = second.Verify(peer);
        return (one, other) is (PeerVerdict.Rejected(PeerRejection.NameMismatch, var detail), PeerVerdict.Rejected(PeerRejection.NameMismatch, var more))
            ? new PeerVerdict.Rejected(PeerRejection.NameMismatch, $"{detail}, and {more}")
            : other;
    }
}
