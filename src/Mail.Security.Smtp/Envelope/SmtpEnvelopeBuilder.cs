namespace Mail.Security.Smtp;

/// <summary>The envelope while MAIL and RCPT commands fill it. Not safe for use by several threads at a time.</summary>
public sealed class SmtpEnvelopeBuilder
{
    /// <summary>Where reports go.</summary>
    public MailPath ReversePath { get; set; }

    /// <summary>The recipients accepted so far.</summary>
    public IList<SmtpRecipient> Recipients { get; } = [];

    /// <summary>What the sender demands of every hop's transport security (RFC 8689).</summary>
    public TlsDemand TlsDemand { get; set; }

    /// <summary>What the sender declares of the content.</summary>
    public BodyType Body { get; set; }

    /// <summary>Whether SMTPUTF8 was given (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; set; }

    /// <summary>The size in bytes that was declared, or null (RFC 1870 §6).</summary>
    public long? Size { get; set; }

    /// <summary>How much of the message a notification of failure is to bring back (RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; set; }

    /// <summary>What the sender wants to recognise its notifications by, or null (RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; set; }

    /// <summary>Until when the message is to be held, or null (RFC 4865 §3).</summary>
    public FutureRelease? FutureRelease { get; set; }

    /// <summary>By when the message is to be delivered, or null (RFC 2852 §4).</summary>
    public DeliverBy? DeliverBy { get; set; }

    /// <summary>The priority that was asked for, -9 to 9, or null; a handler lowers one that the client has no right to (RFC 6710 §4.1).</summary>
    public int? RequestedPriority { get; set; }

    /// <summary>
    /// Who submitted the message at first, as the client says and may say (RFC 4954 §5): a mailbox, the null path for "unknown", or null when it said
    /// nothing. A handler that does not believe it puts the null path here.
    /// </summary>
    public MailPath? Submitter { get; set; }

    /// <summary>Whom the client that sends the message acts as, when it has logged in; else null.</summary>
    public string? AuthorizationIdentity { get; set; }

    /// <summary>Makes the builder as good as new, for the next transaction. Envelopes made before keep what they hold.</summary>
    public void Clear()
    {
        Recipients.Clear();
        (ReversePath, TlsDemand, Body, SmtpUtf8, Size) = (default, default, default, default, null);
        (Return, EnvelopeId, FutureRelease, DeliverBy, RequestedPriority) = (default, null, null, null, null);
        (Submitter, AuthorizationIdentity) = (null, null);
    }

    /// <summary>
    /// The envelope as it is now: <paramref name="previous"/> when it says exactly the same, so that a client that sends to the same
    /// people again costs no new one, else a new one.
    /// </summary>
    /// <param name="previous">An envelope made before, or null.</param>
    public SmtpEnvelope Build(SmtpEnvelope? previous) => previous is not null && SaysTheSame(previous) ? previous : Build();

    /// <summary>Makes the envelope as it is now. Later changes to the builder do not reach it.</summary>
    public SmtpEnvelope Build() => new()
    {
        ReversePath = ReversePath,
        Recipients = [.. Recipients],
        TlsDemand = TlsDemand,
        Body = Body,
        SmtpUtf8 = SmtpUtf8,
        Size = Size,
        Return = Return,
        EnvelopeId = EnvelopeId,
        FutureRelease = FutureRelease,
        DeliverBy = DeliverBy,
        RequestedPriority = RequestedPriority,
        Submitter = Submitter,
        AuthorizationIdentity = AuthorizationIdentity,
    };

    // Without a difference in any property: the tests change each of them.
    private bool SaysTheSame(SmtpEnvelope other)
    {
        if (Recipients.Count != other.Recipients.Count || Size != other.Size || Body != other.Body || SmtpUtf8 != other.SmtpUtf8
            || TlsDemand != other.TlsDemand || ReversePath != other.ReversePath || Return != other.Return
            || !string.Equals(EnvelopeId, other.EnvelopeId, StringComparison.Ordinal) || FutureRelease != other.FutureRelease || DeliverBy != other.DeliverBy
            || RequestedPriority != other.RequestedPriority || Submitter != other.Submitter
            || !string.Equals(AuthorizationIdentity, other.AuthorizationIdentity, StringComparison.Ordinal))
            return false;
        for (var index = 0; index < Recipients.Count; index++)
        {
            if (Recipients[index] != other.Recipients[index])
                return false;
        }
        return true;
    }
}
