namespace Mail.Security.Transports;

/// <summary>Why a negotiation did not come to a connection.</summary>
internal sealed record Socks5Fault(DialFailure Reason, string Detail)
{
    public static Socks5Fault Garbage(string what) => new(DialFailure.ProxyProtocol, what);

    /// <summary>What a reply code means (RFC 1928 §6); null for success.</summary>
    public static Socks5Fault? OfReply(byte code) => code switch
    {
        0 => null,
        1 => new(DialFailure.ProxyFailed, "the proxy failed and does not say why"),
        2 => new(DialFailure.ProxyRuleset, "the proxy's rules do not allow the connection"),
        3 => new(DialFailure.ProxyNetworkUnreachable, "the proxy has no route to the network"),
        4 => new(DialFailure.ProxyHostUnreachable, "the proxy has no route to the host"),
        5 => new(DialFailure.ProxyConnectionRefused, "the connection was refused"),
        6 => new(DialFailure.ProxyTtlExpired, "the proxy's packets expired on the way"),
        7 => new(DialFailure.ProxyCommand, "the proxy does not know the command CONNECT"),
        8 => new(DialFailure.ProxyAddressType, "the proxy does not speak the address family"),
        _ => new(DialFailure.ProxyUnassigned, $"the proxy answered with the unassigned code {code}"),
    };
}
