namespace Mail.Security;

/// <summary>What a <see cref="PeerVerifier"/> says of a peer.</summary>
public abstract record PeerVerdict
{
    private protected PeerVerdict()
    {
    }

    /// <summary>The peer is proven to be the one meant.</summary>
    /// <param name="Method">How: "dane-ee", "dane-ta", "pkix-ee", "pkix-ta" or "webpki"; several joined by '+' when all held.</param>
    /// <param name="Evidence">The TLSA record or the name that matched, for people.</param>
    public sealed record Authenticated(string Method, string Evidence) : PeerVerdict;

    /// <summary>The handshake may go on, but nothing about the peer is proven.</summary>
    /// <param name="IgnoredFailure">What a verification would have objected to, for people; empty when none was tried.</param>
    public sealed record EncryptedOnly(string IgnoredFailure) : PeerVerdict;

    /// <summary>The peer is not the one meant, or cannot prove it; the handshake must fail.</summary>
    /// <param name="Reason">The reason by which failures are counted and reported.</param>
    /// <param name="Detail">The same in a few words, for people.</param>
    public sealed record Rejected(PeerRejection Reason, string Detail) : PeerVerdict;
}
