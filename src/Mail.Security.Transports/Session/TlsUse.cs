namespace Mail.Security.Transports;

/// <summary>How a session comes to TLS. There is no "if offered": who may do without TLS opens a second session with <see cref="None"/>.</summary>
public enum TlsUse : byte
{
    /// <summary>STARTTLS after the greeting, required: without it the session does not open (RFC 3207 §4).</summary>
    StartTls = 0,

    /// <summary>TLS from the first byte (RFC 8314 §3).</summary>
    Implicit,

    /// <summary>No TLS, even when the server offers it.</summary>
    None,
}
