namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>How a client of the load generator writes.</summary>
internal enum LoadMode
{
    /// <summary>One command, then its reply, then the next.</summary>
    LockStep,

    /// <summary>MAIL, RCPT and DATA in one write; the content in the next; then the reply to it is awaited.</summary>
    Envelope,

    /// <summary>The content and the next MAIL, RCPT and DATA in one write (RFC 2920 §3.1).</summary>
    Pipelined,

    /// <summary>Whole transactions of MAIL, RCPT and BDAT LAST, several of them under way on each connection (RFC 3030 §2).</summary>
    Chunked,

    /// <summary>EHLO, then nothing: what an open connection costs.</summary>
    Idle,

    /// <summary>A connection for each message: EHLO, STARTTLS, handshake, EHLO, one message, QUIT.</summary>
    StartTls,

    /// <summary>A connection and a TLS handshake at once, then closed: for a server that only accepts.</summary>
    Handshake,
}
