using Mail.Security.Smtp;

namespace Mail.Security.Delivery;

/// <summary>What an attempt came to for one recipient.</summary>
public sealed record RecipientReport
{
    /// <summary>The recipient as in the request's envelope.</summary>
    public required MailPath Recipient { get; init; }

    /// <summary>What is to be done.</summary>
    public required Disposition Disposition { get; init; }

    /// <summary>The status; its class agrees with <see cref="Disposition"/>.</summary>
    public required EnhancedStatus Status { get; init; }

    /// <summary>What happened, in one sentence for people, without line ends.</summary>
    public required string Sentence { get; init; }

    /// <summary>The host that decided, or that was tried last; empty when none was spoken with.</summary>
    public DomainName RemoteHost { get; init; }

    /// <summary>What that host replied; null when the decision was ours.</summary>
    public SmtpReply? RemoteReply { get; init; }

    /// <summary>
    /// Whether a "relayed" notification is owed for a recipient that was delivered: the sender wants to hear of success and this host will not tell
    /// (RFC 3461 §5.2.2), or of times that it does not keep, or of every relay (RFC 2852 §4.1.4).
    /// </summary>
    public bool OwesRelayedDsn { get; init; }
}
