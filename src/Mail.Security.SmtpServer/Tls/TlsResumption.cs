namespace Mail.Security.SmtpServer;

/// <summary>Whether a client may take up a TLS session of before.</summary>
public enum TlsResumption : byte
{
    /// <summary>Every connection makes a whole handshake.</summary>
    Off = 0,

    /// <summary>As the platform does it, and with its cipher suites, since it resumes none where a program chose them. Tickets bind sessions to keys that outlive them, and to the certificate of their first handshake.</summary>
    On,
}
