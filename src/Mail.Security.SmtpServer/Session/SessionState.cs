using Mail.Security.Sasl;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Whether the client is served at all.</summary>
internal enum Service : byte
{
    Given,
    Refused,
}

/// <summary>What a session remembers from one command to the next.</summary>
internal sealed class SessionState
{
    /// <summary>The channel without TLS.</summary>
    public static readonly SaslServerChannel ClearChannel = new(SaslProtection.None);

    // What only mail needs is made with the first: most connections of a busy server are idle.
    private SmtpEnvelopeBuilder? _builder;
    private SmtpEnvelope? _lastEnvelope;
    private HashSet<string>? _recipientDomains;
    private KnownPaths? _paths;

    /// <summary>Whether the greeting was a refusal, after which only QUIT is left (RFC 5321 §3.1).</summary>
    public Service Service { get; set; }

    /// <summary>The open mail transaction, or null.</summary>
    public SmtpEnvelopeBuilder? Envelope { get; private set; }

    /// <summary>Whether a part of the open transaction's message is here already.</summary>
    public MessageProgress Progress { get; private set; }

    /// <summary>Whether whoever opened the connection may say that its client is another.</summary>
    public XclientRight Xclient { get; set; }

    /// <summary>The channel as it is now, for SASL.</summary>
    public SaslServerChannel SaslChannel { get; set; } = ClearChannel;

    /// <summary>How many logins failed.</summary>
    public int FailedLogins { get; set; }

    /// <summary>How many commands were seen.</summary>
    public int Commands { get; set; }

    /// <summary>How many of them were wrong.</summary>
    public int Errors { get; set; }

    /// <summary>How many since the last accepted message moved no mail.</summary>
    public int IdleCommands { get; set; }

    /// <summary>How many MAIL commands came.</summary>
    public int Transactions { get; set; }

    /// <summary>The domains of the recipients that were taken, in this message and those before it; counted only where they are limited.</summary>
    public HashSet<string> RecipientDomains => _recipientDomains ??= new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many RCPT commands came since the last MAIL, taken or not.</summary>
    public int RecipientAttempts { get; set; }

    /// <summary>
    /// Whether the last MAIL, or a chunk of its message, was refused: the RCPT, DATA and BDAT commands that a pipelining client sent
    /// behind it are out of order through no fault of its own (RFC 2920 §3.1) and are not counted as errors.
    /// </summary>
    public MailOutcome LastMail { get; set; }

    /// <summary>The paths this client named last.</summary>
    public KnownPaths Paths => _paths ??= new();

    /// <summary>An empty envelope for MAIL to fill. There is one for the session: a transaction is open, or a new one begins.</summary>
    public SmtpEnvelopeBuilder NewEnvelope()
    {
        if (_builder is null)
            return _builder = new();
        _builder.Clear();
        return _builder;
    }

    /// <summary>The open transaction's envelope, for good; the one of the message before when it is the same.</summary>
    public SmtpEnvelope CloseEnvelope() => _lastEnvelope = Envelope!.Build(_lastEnvelope);

    public void Open(SmtpEnvelopeBuilder envelope)
    {
        Envelope = envelope;
        RecipientAttempts = 0;
        LastMail = MailOutcome.Accepted;
    }

    /// <summary>The first BDAT of the open transaction was taken.</summary>
    public void BeginChunks() => Progress = MessageProgress.Chunks;

    /// <summary>No transaction is open: after RSET, EHLO and DATA.</summary>
    public void Reset()
    {
        Envelope = null;
        Progress = MessageProgress.None;
        RecipientAttempts = 0;
        LastMail = MailOutcome.None;
    }

    /// <summary>MAIL or a chunk was refused: there is no transaction, and what the client sent in the belief that there is one is out of order.</summary>
    public void MailRefused()
    {
        Reset();
        LastMail = MailOutcome.Refused;
    }
}

/// <summary>How much of its message the open transaction has.</summary>
internal enum MessageProgress : byte
{
    None,
    Chunks,
}

/// <summary>Whether XCLIENT is heeded.</summary>
internal enum XclientRight : byte
{
    None,
    Granted,
}

/// <summary>What became of the last MAIL command.</summary>
internal enum MailOutcome : byte
{
    None,
    Accepted,
    Refused,
}
