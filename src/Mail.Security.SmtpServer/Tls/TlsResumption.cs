namespace Mail.Security.SmtpServer;

/// <summary>Whether a client may take up a TLS session of before.</summary>
public enum TlsResumption : byte
{
    /// <summary>Every connection makes a whole handshake; no session ticket or session id is given out.</summary>
    Off = 0,

    /// <summary>As the platform does it. Tickets bind sessions to keys that outlive them, and to the certificate of their handshake.</summary>
    On,
}
