using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What a transaction did for one recipient, and who said so.</summary>
/// <param name="Path">The recipient.</param>
/// <param name="Outcome">Deferred, refused or accepted.</param>
/// <param name="Reply">The server's reply that decided; null when it was a local reason or a connection without a reply.</param>
/// <param name="Local">The reason of this side: an extension's gate, the size, SMTPUTF8, 8BITMIME or a fault in the content; null otherwise.</param>
/// <param name="Stage">Where it was decided; a reply to MAIL decides for every recipient.</param>
/// <param name="Detail">The reason in a few words, for people.</param>
public sealed record RecipientOutcome(MailPath Path, DeliveryOutcome Outcome, SmtpReply? Reply, SmtpRefusal? Local, SmtpStage Stage, string Detail)
{
    /// <summary>
    /// Whether a "relayed" notification is owed for the recipient: it was accepted, the sender wants to hear of success, and this server will not
    /// tell (RFC 3461 §5.2.2).
    /// </summary>
    public bool OwesRelayedDsn { get; init; }
}
