namespace Mail.Security.Smtp;

/// <summary>What a mail transaction says beside the content (RFC 5321 §2.3.1). Immutable; equal only to itself and copies of its list.</summary>
public sealed record SmtpEnvelope
{
    /// <summary>Where reports go; the null path for a report.</summary>
    public required MailPath ReversePath { get; init; }

    /// <summary>The recipients, in the order they were given.</summary>
    public required IReadOnlyList<SmtpRecipient> Recipients { get; init; }

    /// <summary>What the sender demands of every hop's transport security (RFC 8689).</summary>
    public TlsDemand TlsDemand { get; init; }

    /// <summary>What the sender declares of the content.</summary>
    public BodyType Body { get; init; }

    /// <summary>Whether addresses or header fields need SMTPUTF8 (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>The size in bytes that the sender declared, or null (RFC 1870 §6).</summary>
    public long? Size { get; init; }

    /// <summary>How much of the message a notification of failure is to bring back (RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; init; }

    /// <summary>What the sender wants to recognise its notifications by, decoded, or null (RFC 3461 §4.4). Printable ASCII.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Until when the message is to be held, or null (RFC 4865 §3).</summary>
    public FutureRelease? FutureRelease { get; init; }

    /// <summary>By when the message is to be delivered, or null (RFC 2852 §4).</summary>
    public DeliverBy? DeliverBy { get; init; }

    /// <summary>The priority that was asked for, -9 to 9, or null; what it is worth depends on who asked (RFC 6710 §4.1).</summary>
    public int? RequestedPriority { get; init; }

    /// <summary>Who submitted the message at first (RFC 4954 §5): a mailbox, the null path for "unknown", or null when nothing was said.</summary>
    public MailPath? Submitter { get; init; }

    /// <summary>Whom the client that sent the message acts as, when it had logged in; else null. Not for the next hop.</summary>
    public string? AuthorizationIdentity { get; init; }
}
