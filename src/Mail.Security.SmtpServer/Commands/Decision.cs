using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What a command asks of the session once its syntax and its place are in order.</summary>
internal enum SessionAction : byte
{
    /// <summary>Send <see cref="Decision.Reply"/>; nothing changes.</summary>
    Reply,

    /// <summary>Send <see cref="Decision.Reply"/> and forget the transaction.</summary>
    Reset,

    /// <summary>Ask the handler about <see cref="Decision.Name"/>.</summary>
    Hello,

    /// <summary>Ask the handler about <see cref="Decision.Envelope"/>.</summary>
    Mail,

    /// <summary>Ask the handler about <see cref="Decision.Recipient"/>.</summary>
    Recipient,

    /// <summary>Receive the message.</summary>
    Data,

    /// <summary>Receive <see cref="Decision.Chunk"/> as a part of the message.</summary>
    Chunk,

    /// <summary>Read <see cref="Decision.Chunk"/> and drop it, end the transaction, and send <see cref="Decision.Reply"/>.</summary>
    DropChunk,

    /// <summary>Send <see cref="Decision.Reply"/> and close: where the next command begins cannot be known.</summary>
    BadChunk,

    /// <summary>Ask the handler about <see cref="Decision.Name"/>; when it says nothing, send <see cref="Decision.Reply"/>.</summary>
    Inquire,

    /// <summary>Begin anew with <see cref="Decision.Client"/>.</summary>
    Xclient,

    /// <summary>Log in by the mechanism <see cref="Decision.Name"/>, beginning with <see cref="Decision.Response"/>.</summary>
    Authenticate,

    /// <summary>Make the TLS handshake.</summary>
    StartTls,

    /// <summary>Send <see cref="Decision.Reply"/> and close: the client said goodbye.</summary>
    Quit,

    /// <summary>Send <see cref="Decision.Reply"/> and close: this is not SMTP.</summary>
    NotSmtp,
}

/// <summary>What is to be done about one command. Made without I/O, so that the whole table can be tested as a table.</summary>
internal readonly record struct Decision(SessionAction Action, SmtpVerb Verb)
{
    public ServerReply Reply { get; init; }

    public SmtpHello Hello { get; init; }

    public string Name { get; init; } = "";

    public SmtpEnvelopeBuilder? Envelope { get; init; }

    public SmtpRecipient? Recipient { get; init; }

    public ChunkHeader Chunk { get; init; }

    public XclientCommand? Client { get; init; }

    /// <summary>The initial response of AUTH, decoded; null when there is none. It may hold a password: whoever takes it clears it.</summary>
    public byte[]? Response { get; init; }

    public static Decision Answer(SmtpVerb verb, ServerReply reply) => new(SessionAction.Reply, verb) { Reply = reply };

    /// <summary>Whether the reply may wait for those of the commands behind it (RFC 2920 §3.2).</summary>
    public bool MayWait => Verb is SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Rset || (Verb == SmtpVerb.Bdat && Chunk.Kind == ChunkKind.More);
}
