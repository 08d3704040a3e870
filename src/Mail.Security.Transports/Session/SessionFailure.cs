using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>Why a session could not be opened or came to an end before its time.</summary>
/// <param name="Kind">The reason by which failures are told apart.</param>
/// <param name="Stage">Where it happened.</param>
/// <param name="Reply">The server's reply that says so; null when there was none.</param>
/// <param name="Verdict">What the verifier said of the server's certificate; null when it was not asked.</param>
/// <param name="Detail">The failure in a few words, for people.</param>
public sealed record SessionFailure(SessionFailureKind Kind, SmtpStage Stage, SmtpReply? Reply, PeerVerdict? Verdict, string Detail)
{
    /// <summary>The certificate the server presented in a handshake that took place or failed; null when none was seen.</summary>
    public TlsPeerCertificate? PeerCertificate { get; init; }
}
