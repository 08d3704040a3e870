namespace Mail.Security.SmtpServer;

/// <summary>When the handshake of a connection comes.</summary>
public enum TlsStart : byte
{
    /// <summary>The session starts in clear; STARTTLS is offered when the listener has a certificate (RFC 3207).</summary>
    OnRequest,

    /// <summary>The handshake comes before the greeting (implicit TLS, RFC 8314 §3.3). The listener must have a certificate.</summary>
    Immediately,
}
