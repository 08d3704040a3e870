namespace Mail.Security.Transports;

/// <summary>Why a connection could not be opened.</summary>
/// <remarks><see cref="DialFailures.Blame"/> says whose failure each of them is.</remarks>
public enum DialFailure : byte
{
    /// <summary>A reason not named below, such as a source address this host does not have.</summary>
    Other = 0,

    /// <summary>Nothing listens at the address and port.</summary>
    Refused,

    /// <summary>There is no route to the address, or this host does not speak its address family.</summary>
    Unreachable,

    /// <summary>No answer within the time limit.</summary>
    Timeout,

    /// <summary>The connection was reset while it was being opened.</summary>
    Reset,

    /// <summary>The address is one that is not dialed (<see cref="AddressVetting"/>); nothing left this host.</summary>
    NotAllowed,

    /// <summary>There is no connection to the proxy, or its name has no address.</summary>
    ProxyUnreachable,

    /// <summary>The proxy fell silent before it took the request.</summary>
    ProxyTimeout,

    /// <summary>The proxy closed or reset the connection before it took the request.</summary>
    ProxyClosed,

    /// <summary>The proxy does not speak SOCKS 5, or not as RFC 1928 says.</summary>
    ProxyProtocol,

    /// <summary>The proxy takes none of the ways to log in that it was offered (RFC 1928 §3).</summary>
    ProxyNoMethod,

    /// <summary>The proxy refused the name and password (RFC 1929 §2).</summary>
    ProxyLoginRefused,

    /// <summary>The proxy does not know CONNECT (RFC 1928 §6, X'07').</summary>
    ProxyCommand,

    /// <summary>The proxy says that it failed, and not why (RFC 1928 §6, X'01').</summary>
    ProxyFailed,

    /// <summary>The proxy answered with a code that RFC 1928 does not assign.</summary>
    ProxyUnassigned,

    /// <summary>The proxy's rules do not allow the connection (RFC 1928 §6, X'02').</summary>
    ProxyRuleset,

    /// <summary>The proxy closed or reset the connection in place of an answer to the request.</summary>
    ProxyNoReply,

    /// <summary>The proxy did not answer the request in time: as a rule it waits for the server.</summary>
    ProxyRequestTimeout,

    /// <summary>The proxy has no route to the server's network (RFC 1928 §6, X'03').</summary>
    ProxyNetworkUnreachable,

    /// <summary>The proxy has no route to the server (RFC 1928 §6, X'04').</summary>
    ProxyHostUnreachable,

    /// <summary>Nothing listens at the server's address and port, says the proxy (RFC 1928 §6, X'05').</summary>
    ProxyConnectionRefused,

    /// <summary>The proxy's packets did not reach the server (RFC 1928 §6, X'06').</summary>
    ProxyTtlExpired,

    /// <summary>The proxy does not speak the address family (RFC 1928 §6, X'08').</summary>
    ProxyAddressType,
}
