using System.Net;

namespace Mail.Security.Transports;

/// <summary>How <see cref="TcpDialer"/> connects.</summary>
public sealed class TcpDialerOptions
{
    /// <summary>How long an attempt may take; 30 seconds by default, more than zero and at most a day. RFC 5321 sets no limit; the operating system's own is minutes.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The IPv4 address to connect from; null, the default, leaves the choice to the operating system.</summary>
    public IPAddress? SourceAddressV4 { get; set; }

    /// <summary>The IPv6 address to connect from; null, the default, leaves the choice to the operating system.</summary>
    public IPAddress? SourceAddressV6 { get; set; }
}
