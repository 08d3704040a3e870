namespace Mail.Security.Transports;

/// <summary>Whose failure a <see cref="DialFailure"/> is.</summary>
public enum DialBlame : byte
{
    /// <summary>Either side of the proxy may have failed: it cannot be told.</summary>
    Unclear = 0,

    /// <summary>The server, or the way from the last known point to it.</summary>
    Target,

    /// <summary>The proxy, or the way to it: nothing is said of the server.</summary>
    Proxy,

    /// <summary>This host, such as a source address it does not have: nothing was sent, and nothing is said of server or proxy.</summary>
    Self,
}
