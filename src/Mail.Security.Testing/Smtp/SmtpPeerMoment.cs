namespace Mail.Security.Testing;

/// <summary>A point of a session at which a peer can be told to do something else than usual.</summary>
public enum SmtpPeerMoment : byte
{
    /// <summary>In place of the greeting.</summary>
    Greeting = 0,

    /// <summary>In answer to EHLO or HELO in the clear.</summary>
    Hello,

    /// <summary>In answer to STARTTLS.</summary>
    StartTls,

    /// <summary>In place of the TLS handshake; whatever is said here is said in the clear, and the connection is closed.</summary>
    Handshake,

    /// <summary>In answer to EHLO or HELO under TLS.</summary>
    HelloUnderTls,

    /// <summary>In answer to MAIL.</summary>
    Mail,

    /// <summary>In answer to RCPT.</summary>
    Recipient,

    /// <summary>In answer to DATA.</summary>
    Data,

    /// <summary>After 354, before any content is read.</summary>
    Content,

    /// <summary>In answer to the final dot, or to the last chunk.</summary>
    EndOfData,

    /// <summary>In answer to RSET.</summary>
    Reset,

    /// <summary>In answer to QUIT.</summary>
    Quit,

    /// <summary>In answer to BDAT, after its octets; that to the last chunk is <see cref="EndOfData"/>.</summary>
    Chunk,

    /// <summary>In answer to AUTH, and to each response of the login after it.</summary>
    Authentication,

    /// <summary>In answer to NOOP.</summary>
    Noop,
}
