using System.Globalization;
using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>A SOCKS5 proxy (RFC 1928 §3), with its login where it wants one.</summary>
public sealed record SocksProxy
{
    /// <summary>What log lines, metrics and explanations call it: 1 to 64 ASCII letters, digits, hyphens, underscores and dots, the first a letter or digit. Two proxies of a catalog have two names.</summary>
    public required string Name { get; init; }

    /// <summary>The address of the proxy, or its name, which the operating system looks up.</summary>
    public required string Host { get; init; }

    /// <summary>Its port. Default 1080.</summary>
    public int Port { get; init; } = 1080;

    /// <summary>Its share of the connections among the healthy proxies. Default 1; 1 to 1000.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What to log in with; null offers no login.</summary>
    public Socks5Credentials? Credentials { get; init; }

    internal EndPoint EndPoint => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    /// <summary>Name, host and port; no secret is shown.</summary>
    /// <returns>"second (192.0.2.1:1080)".</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port})");

    internal IEnumerable<RoutingProblem> Problems()
    {
        if (!TransportName.TryParse(Name, out _))
            yield return new RoutingProblem(nameof(Name), "the name of a proxy has 1 to 64 letters, digits, hyphens, underscores and dots, the first a letter or digit");
        if (!IPAddress.TryParse(Host, out _) && !DomainName.TryParse(Host, out _))
            yield return new RoutingProblem(nameof(Host), "that is neither an address nor a name");
        if (Port is < 1 or > ushort.MaxValue)
            yield return new RoutingProblem(nameof(Port), "the port must be 1 to 65535");
        if (Weight is < 1 or > 1000)
            yield return new RoutingProblem(nameof(Weight), "the weight must be 1 to 1000");
    }
}
