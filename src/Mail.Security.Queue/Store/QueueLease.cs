using Mail.Security.Delivery;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Queue;

/// <summary>The right to attempt one message to its open recipients of one domain, until <see cref="Expires"/> or a renewed instant.</summary>
/// <remarks>The attempt is already recorded in the store when a lease is given: <see cref="Attempt"/> counts it, and a next attempt is set.</remarks>
public sealed record QueueLease
{
    /// <summary>Distinguishes this lease from every earlier and later one of the same work: a holder that lost it cannot write any more.</summary>
    public required Guid Token { get; init; }

    /// <summary>The message.</summary>
    public required QueueMessageId MessageId { get; init; }

    /// <summary>The domain every recipient of <see cref="Envelope"/> is in.</summary>
    public required RecipientDomain Domain { get; init; }

    /// <summary>The envelope with only those recipients of the domain that are still open.</summary>
    public required SmtpEnvelope Envelope { get; init; }

    /// <summary>The content, readable as long as the lease is held.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>When the message was accepted.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The number of this attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When the lease ends unless it is renewed.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Whether the sender was already told of the delay.</summary>
    public DelayNotice DelayNotice { get; init; }

    /// <summary>The sender's own name for the transaction (RFC 3461 §4.4); null when none was given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The account that submitted the message; empty for none.</summary>
    public string Account { get; init; } = string.Empty;

    /// <summary>The transport that is set on the message, before all routes; empty for none.</summary>
    public TransportName Transport { get; init; }
}
