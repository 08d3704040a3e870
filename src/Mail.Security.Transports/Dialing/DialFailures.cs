namespace Mail.Security.Transports;

/// <summary>What the reasons of <see cref="DialFailure"/> have in common.</summary>
public static class DialFailures
{
    /// <summary>Whose failure it is: only <see cref="DialBlame.Proxy"/> speaks against the health of a proxy, and <see cref="DialBlame.Self"/> neither for nor against it.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>Who is to blame.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The reason is none of the named ones.</exception>
    public static DialBlame Blame(this DialFailure reason) => reason switch
    {
        DialFailure.Other or DialFailure.NotAllowed => DialBlame.Self,
        DialFailure.Refused or DialFailure.Unreachable or DialFailure.Timeout or DialFailure.Reset => DialBlame.Target,
        DialFailure.ProxyNetworkUnreachable or DialFailure.ProxyHostUnreachable or DialFailure.ProxyConnectionRefused
            or DialFailure.ProxyTtlExpired or DialFailure.ProxyAddressType => DialBlame.Target,
        // A proxy that fails, refuses or falls silent after the request may do so for the server's sake.
        DialFailure.ProxyFailed or DialFailure.ProxyUnassigned or DialFailure.ProxyRuleset or DialFailure.ProxyNoReply or DialFailure.ProxyRequestTimeout => DialBlame.Unclear,
        DialFailure.ProxyUnreachable or DialFailure.ProxyTimeout or DialFailure.ProxyClosed or DialFailure.ProxyProtocol
            or DialFailure.ProxyNoMethod or DialFailure.ProxyLoginRefused or DialFailure.ProxyCommand => DialBlame.Proxy,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>Whether the dialing side has no way to addresses like this one: then another address of the server may be reached, and the failure says nothing of the server.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>True for a missing route or address family, here or at the proxy.</returns>
    public static bool IsWithoutRoute(this DialFailure reason) =>
        reason is DialFailure.Unreachable or DialFailure.ProxyNetworkUnreachable or DialFailure.ProxyAddressType;
}
