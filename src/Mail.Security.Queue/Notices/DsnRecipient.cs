using Mail.Security.Smtp;

namespace Mail.Security.Queue;

/// <summary>A recipient a notice speaks of.</summary>
public sealed record DsnRecipient
{
    /// <summary>The recipient.</summary>
    public required MailPath Recipient { get; init; }

    /// <summary>The recipient as the sender named it (RFC 3464 §2.3.1); null when the sender did not say.</summary>
    public OriginalRecipient? OriginalRecipient { get; init; }

    /// <summary>Delayed, failed or relayed.</summary>
    public required DsnAction Action { get; init; }

    /// <summary>The status of the last attempt (RFC 3464 §2.3.4).</summary>
    public required EnhancedStatus Status { get; init; }

    /// <summary>What happened, in one sentence for people.</summary>
    public required string Sentence { get; init; }

    /// <summary>The host that was spoken with; null when none was (RFC 3464 §2.3.5).</summary>
    public string? RemoteMta { get; init; }

    /// <summary>What that host replied; null when the decision was ours (RFC 3464 §2.3.6).</summary>
    public SmtpReply? RemoteReply { get; init; }
}
