namespace Mail.Security.Transports;

/// <summary>The point of a session something happened at: the command whose reply was awaited.</summary>
public enum SmtpStage : byte
{
    /// <summary>On this side, before anything of the transaction was sent.</summary>
    Local = 0,

    /// <summary>The greeting (RFC 5321 §3.1).</summary>
    Greeting,

    /// <summary>EHLO or HELO, before or after TLS.</summary>
    Hello,

    /// <summary>The STARTTLS command.</summary>
    StartTls,

    /// <summary>The TLS handshake.</summary>
    TlsHandshake,

    /// <summary>AUTH, its challenges and its last reply.</summary>
    Authentication,

    /// <summary>RSET between two transactions.</summary>
    Reset,

    /// <summary>MAIL FROM.</summary>
    Mail,

    /// <summary>RCPT TO.</summary>
    Recipient,

    /// <summary>The DATA command, up to its 354.</summary>
    Data,

    /// <summary>The content, and the reply to its final dot.</summary>
    EndOfData,

    /// <summary>Between two transactions, when nothing was asked or only whether the server is still there.</summary>
    Idle,
}
