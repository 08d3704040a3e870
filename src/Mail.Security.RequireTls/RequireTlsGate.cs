namespace Mail.Security.RequireTls;

/// <summary>What a server must fulfil before a REQUIRETLS message may go to it (RFC 8689 §2, §4.2.1).</summary>
public enum RequireTlsGate : byte
{
    /// <summary>The session uses TLS.</summary>
    ProtectedSession = 0,

    /// <summary>The server's certificate was verified, by DANE or by a trust chain.</summary>
    AuthenticatedServer = 1,

    /// <summary>The server announced REQUIRETLS inside TLS.</summary>
    ServerSupport = 2,

    /// <summary>The server's name came from a signed MX record, or an MTA-STS policy in force admits it.</summary>
    VerifiedServerName = 3,
}
