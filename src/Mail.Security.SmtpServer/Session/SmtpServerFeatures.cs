namespace Mail.Security.SmtpServer;

/// <summary>Built-in extensions that a listener may offer or not.</summary>
[Flags]
public enum SmtpServerFeatures : byte
{
    /// <summary>None of these.</summary>
    None = 0,

    /// <summary>CHUNKING: a message may come by BDAT (RFC 3030 §2).</summary>
    Chunking = 1,

    /// <summary>
    /// BINARYMIME: a message by BDAT may hold any bytes when it is declared BODY=BINARYMIME (RFC 3030 §3); needs <see cref="Chunking"/>.
    /// A promise: whoever takes such a message must keep every byte of it to the end. Offer it only where all that comes behind can.
    /// </summary>
    BinaryMime = 2,

    /// <summary>
    /// DSN: RET and ENVID in MAIL, NOTIFY and ORCPT in RCPT (RFC 3461 §4) go into the envelope. A promise: offer it only where the queue
    /// notifies as the sender asked for and passes the parameters on (RFC 3461 §5.2).
    /// </summary>
    Dsn = 4,

    /// <summary>LIMITS (RFC 9422): the limits of recipients, messages and recipient domains are announced, so that a client need not run into them.</summary>
    Limits = 8,
}
