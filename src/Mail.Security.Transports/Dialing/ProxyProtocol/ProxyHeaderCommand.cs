namespace Mail.Security.Transports;

/// <summary>On whose behalf a connection is made.</summary>
public enum ProxyHeaderCommand : byte
{
    /// <summary>For a client with an address.</summary>
    Proxy = 0,

    /// <summary>For ourselves, as a health check: the server takes the connection as it is. Version 1, which has no such command, says UNKNOWN.</summary>
    Local,
}
