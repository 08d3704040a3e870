using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Queue;

/// <summary>What a notice is made of: the message it is about and what became of it.</summary>
public sealed record DsnRequest
{
    /// <summary>The envelope of the message; its reverse-path, which must have a domain, receives the notice.</summary>
    public required SmtpEnvelope Envelope { get; init; }

    /// <summary>The message; its header is read, and all of it where it goes back whole.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>When the message was accepted.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>When the last attempt was begun.</summary>
    public required DateTimeOffset LastAttempt { get; init; }

    /// <summary>The recipients the notice speaks of; at least one.</summary>
    public required IReadOnlyList<DsnRecipient> Recipients { get; init; }

    /// <summary>The attempts that are still to come for the delayed recipients, the last one being the end of the lifetime.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming { get; init; } = [];

    /// <summary>The sender's own name for the transaction (RFC 3461 §4.4); null when none was given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The explanation of the last attempt; empty for none.</summary>
    public string Explanation { get; init; } = string.Empty;
}
