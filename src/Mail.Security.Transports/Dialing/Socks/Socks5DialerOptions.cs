using System.Net;

namespace Mail.Security.Transports;

/// <summary>How <see cref="Socks5Dialer"/> reaches its proxy.</summary>
public sealed class Socks5DialerOptions
{
    /// <summary>The name of the proxy in metrics, log lines and explanations; from a small set that the configuration knows. Default "socks5"; not empty.</summary>
    public string Name { get; set; } = "socks5";

    /// <summary>The proxy: an <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/> whose name the operating system looks up at every connection. Must be set; the usual port is 1080 (RFC 1928 §3).</summary>
    public EndPoint? Proxy { get; set; }

    /// <summary>What to log in with; null, the default, offers the proxy no login. With it the proxy chooses whether it wants one.</summary>
    public Socks5Credentials? Credentials { get; set; }

    /// <summary>How long finding the proxy's address and agreeing with it on a login may take, each; 30 seconds by default, more than zero and at most a day. Connecting to it has the limit of the dialer that does it.</summary>
    public TimeSpan NegotiationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the proxy may take to connect to the server; 1 minute by default, more than zero and at most a day.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    internal Socks5DialerOptions CheckedCopy()
    {
        var copy = (Socks5DialerOptions)MemberwiseClone();
        ArgumentException.ThrowIfNullOrWhiteSpace(copy.Name, nameof(Name));
        if (copy.Proxy is not (IPEndPoint { Port: > 0 } or DnsEndPoint { Port: > 0 }))
            throw new ArgumentException("The proxy must be an address and port, or a name and port.", nameof(Proxy));
        ThrowUnlessLimit(copy.NegotiationTimeout, nameof(NegotiationTimeout));
        ThrowUnlessLimit(copy.RequestTimeout, nameof(RequestTimeout));
        return copy;
    }

    private static void ThrowUnlessLimit(TimeSpan limit, string option)
    {
        if (limit <= TimeSpan.Zero || limit > SmtpTimeouts.Longest)
            throw new ArgumentException("A time limit must be positive and at most a day.", option);
    }
}
