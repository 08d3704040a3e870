namespace Mail.Security.SmtpServer;

/// <summary>Why a session is over.</summary>
public enum SessionEndReason : byte
{
    /// <summary>Not said; never the end of a session.</summary>
    Unspecified,

    /// <summary>The client said QUIT.</summary>
    Quit,

    /// <summary>The client closed the connection between two transactions.</summary>
    ClientClosed,

    /// <summary>The connection broke, or the client closed it inside a transaction; what it was sending is dropped.</summary>
    ConnectionLost,

    /// <summary>
    /// The client was silent, too slow or did not read. It was told 421 4.4.2, unless it does not read; one whose refused message had no
    /// end was told that refusal.
    /// </summary>
    Timeout,

    /// <summary>The handler refused with code 421, or threw when the client connected.</summary>
    Refused,

    /// <summary>Too many wrong commands, or too many that moved no mail: 421 4.7.0.</summary>
    TooManyErrors,

    /// <summary>The client spoke another protocol (HTTP at any time, or TLS where the session starts in clear): one 500 5.5.2.</summary>
    NotSmtp,

    /// <summary>The TLS handshake failed.</summary>
    HandshakeFailed,

    /// <summary>Bytes had been sent in clear behind STARTTLS; no handshake was made (RFC 3207 §4).</summary>
    ClearTextBehindStartTls,

    /// <summary>The handler or the sink did not return in time; the client was told 421 4.3.0.</summary>
    HandlerTimeout,

    /// <summary>The server is shutting down: 421 4.3.2.</summary>
    Shutdown,

    /// <summary>A BDAT command did not say how many bytes follow it: 501 5.5.4. They must not be read as commands.</summary>
    BadChunk,

    /// <summary>A connection from a load balancer did not begin with a header of the PROXY protocol. Nothing was said.</summary>
    BadProxyHeader,

    /// <summary>More messages than one session may bring: 421 4.7.0. Another session may bring the rest.</summary>
    TooManyTransactions,

    /// <summary>A client tried to log in again after too many failures: 421 4.7.0 (<see cref="SmtpServerAuthentication.MaxFailures"/>).</summary>
    TooManyFailedLogins,
}
