namespace Mail.Security.Smtp;

/// <summary>What protects the connection. The values are in order: more is safer.</summary>
public enum ChannelSecurity : byte
{
    /// <summary>Nothing.</summary>
    Clear = 0,

    /// <summary>TLS with a peer whose certificate was not verified, or not needed to be.</summary>
    Encrypted = 1,

    /// <summary>TLS, and the server's certificate was verified by DANE or a trust chain. Seen by clients only.</summary>
    Authenticated = 2,
}
