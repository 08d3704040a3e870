using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>One message and one recipient domain of it, as an operator sees it.</summary>
public sealed record QueueEntry
{
    /// <summary>The message.</summary>
    public required QueueMessageId MessageId { get; init; }

    /// <summary>The recipient domain.</summary>
    public required RecipientDomain Domain { get; init; }

    /// <summary>The sender.</summary>
    public required MailPath ReversePath { get; init; }

    /// <summary>The recipients that are still open, each with what was last said about it.</summary>
    public required IReadOnlyList<QueueEntryRecipient> Recipients { get; init; }

    /// <summary>When the message was accepted.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The number of octets of the message.</summary>
    public required long Size { get; init; }

    /// <summary>How many attempts were begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When the last attempt was begun; null before the first.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Who holds the lease; null when nobody does.</summary>
    public string? LeaseOwner { get; init; }

    /// <summary>The account that submitted the message; empty for none.</summary>
    public string Account { get; init; } = string.Empty;

    /// <summary>The transport that is set on the message, before all routes; empty for none.</summary>
    public TransportName Transport { get; init; }

    /// <summary>The explanation of the last attempt whose result was recorded; empty before that.</summary>
    public string Explanation { get; init; } = string.Empty;
}
