namespace Mail.Security.Transports;

/// <summary>Why a session could not be opened or came to an end before its time.</summary>
public enum SessionFailureKind : byte
{
    /// <summary>A reason not named below.</summary>
    Unspecified = 0,

    /// <summary>The server greeted with a 4xx or 5xx code other than 421, such as 521 or 554 (RFC 5321 §3.1, RFC 7504 §2).</summary>
    GreetingRefused,

    /// <summary>The server refused EHLO, and HELO where that may be tried.</summary>
    HelloRefused,

    /// <summary>STARTTLS is required and the server does not announce it.</summary>
    StartTlsNotOffered,

    /// <summary>The server announces STARTTLS and answers the command with something other than 220.</summary>
    StartTlsRefused,

    /// <summary>Bytes arrived between the 220 of STARTTLS and the handshake: someone tries to inject plaintext into the session.</summary>
    StartTlsInjection,

    /// <summary>The TLS handshake failed for another reason than the certificate: no common version or cipher, an alert, garbage.</summary>
    TlsHandshake,

    /// <summary>The verifier rejected the server's certificate; <see cref="SessionFailure.Verdict"/> says why.</summary>
    PeerRejected,

    /// <summary>The connection was closed or reset.</summary>
    ConnectionLost,

    /// <summary>The server did not answer, or did not take what was sent, within the time limit of the stage.</summary>
    Timeout,

    /// <summary>The server sent what is not an SMTP reply, a reply beyond the limits, or one that has no place there.</summary>
    ProtocolViolation,

    /// <summary>The server answered 421: it is closing the connection (RFC 5321 §3.8).</summary>
    Refused421,
}
