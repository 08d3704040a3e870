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

    /// <summary>A login is asked for, and the server offers no mechanism that may be used: the detail names what it offers, and what only a verified channel may have.</summary>
    NoMutualMechanism,

    /// <summary>The server does not accept name and password, or the token (535).</summary>
    CredentialsRefused,

    /// <summary>The server cannot log anybody in for now (454, or another 4yz).</summary>
    AuthenticationUnavailable,

    /// <summary>The account must log in once by another mechanism, mostly PLAIN, before the server can offer it this one (432).</summary>
    PasswordTransitionNeeded,

    /// <summary>The server wants a stronger mechanism than the strongest both sides have, or something else than this password (534).</summary>
    MechanismTooWeak,

    /// <summary>The server wants the connection encrypted before a login (538).</summary>
    EncryptionRequired,

    /// <summary>The server does not understand AUTH, the mechanism or a response (500 to 504).</summary>
    AuthenticationCommandRefused,

    /// <summary>The server refuses the login by another 5yz code, such as that of a disabled account.</summary>
    AuthenticationRefused,

    /// <summary>The server reports success without having proven itself: it is not the server meant.</summary>
    ServerNotAuthenticated,

    /// <summary>There is no token to log in with.</summary>
    TokenUnavailable,

    /// <summary>This side gave the login up: a challenge that cannot be answered, a bound that was passed, or credentials that cannot be used.</summary>
    AuthenticationAborted,
}
