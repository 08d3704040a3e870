using Mail.Security.Delivery;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Queue;

/// <summary>A message that is to be queued: its envelope, its content, and when it was received.</summary>
public sealed record NewQueueMessage
{
    /// <summary>
    /// Sender, recipients and demands. What a store keeps of it: the paths, the demand of TLS, body, SMTPUTF8 and size, RET, NOTIFY and ORCPT (RFC 3461), the
    /// time to deliver by (RFC 2852) and the priority (RFC 6710); not FUTURERELEASE, whose time the caller waits for, and not who submitted it. At least one recipient, and each of them has a recipient domain: a caller refuses address literals and the bare postmaster first.
    /// </summary>
    public required SmtpEnvelope Envelope { get; init; }

    /// <summary>The whole message as it will be sent, trace fields included. It is read once or more while it is stored and must be at hand: memory or a file, never a network.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>When the message was accepted: the start of its lifetime, and the Arrival-Date of notices about it (RFC 3464 §2.2.5).</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The sender's own name for the transaction, repeated in notices about it (RFC 3461 §4.4); null for that of the envelope.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The account that submitted the message, for the routes of accounts; empty for none.</summary>
    public string Account { get; init; } = string.Empty;

    /// <summary>The transport that is set on the message, before all routes; empty for none.</summary>
    public TransportName Transport { get; init; }
}
