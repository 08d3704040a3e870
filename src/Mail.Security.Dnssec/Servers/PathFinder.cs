using System.Net;
using DnsClient;

namespace Mail.Security.Dnssec;

/// <summary>Finds the servers and decides whether their AD bit is believed.</summary>
internal static class PathFinder
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    private const int DefaultAttempts = 2;
    private const int DnsPort = 53;

    public static (ResolverPath Path, TimeSpan Timeout, int Attempts) Find(DnssecResolverOptions options)
    {
        if (options.Servers.Count > 0)
            return Finish(options, [.. options.Servers], "options", null);
        if (OperatingSystem.IsWindows())
            return Finish(options, SystemServers(), "system", null);
        var conf = ReadResolvConf(options.ResolvConfPath);
        return conf is null or { Servers.Count: 0 }
            ? Finish(options, [], conf is null ? $"default, {options.ResolvConfPath} cannot be read" : $"default, {options.ResolvConfPath} names none", conf)
            : Finish(options, conf.Servers, options.ResolvConfPath, conf);
    }

    public static AdTrustReason Judge(AdTrust trust, IReadOnlyList<IPEndPoint> servers, ResolvConfTrust conf) => trust switch
    {
        AdTrust.Trust => AdTrustReason.CallerTrusts,
        AdTrust.Distrust => AdTrustReason.CallerDistrusts,
        // What a relay hands on is worth what the network behind it is worth, whatever a file says that was written for another server: Docker copies options of its host's.
        _ when servers.Any(static server => IsRelay(server.Address)) => AdTrustReason.NetworkPath,
        _ when servers.All(static server => IPAddress.IsLoopback(Plain(server.Address))) => AdTrustReason.Loopback,
        _ => conf == ResolvConfTrust.TrustAd ? AdTrustReason.ResolvConf : AdTrustReason.NetworkPath,
    };

    private static (ResolverPath Path, TimeSpan Timeout, int Attempts) Finish(DnssecResolverOptions options, IReadOnlyList<IPEndPoint> servers, string source, ResolvConf? conf)
    {
        if (servers.Count == 0)
            servers = [new IPEndPoint(IPAddress.Loopback, DnsPort)];
        var reason = Judge(options.AdTrust, servers, conf?.Trust ?? ResolvConfTrust.Unsaid);
        return (new ResolverPath(servers, source, reason), options.QueryTimeout ?? conf?.Timeout ?? DefaultTimeout, options.Attempts ?? conf?.Attempts ?? DefaultAttempts);
    }

    // Docker answers at 127.0.0.11 of every network it makes, systemd-resolved at 127.0.0.54 besides its stub: they validate nothing and hand on, bits and all, what servers of the network say.
    private static readonly IPAddress[] Relays = [IPAddress.Parse("127.0.0.11"), IPAddress.Parse("127.0.0.54")];

    private static bool IsRelay(IPAddress address) => Relays.Contains(Plain(address));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static ResolvConf? ReadResolvConf(string path)
    {
        try
        {
            return ResolvConf.Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Never a public resolver nobody asked for.
    private static List<IPEndPoint> SystemServers() =>
        [.. NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            .Where(server => IPAddress.TryParse(server.Address, out _))
            .Select(server => new IPEndPoint(IPAddress.Parse(server.Address), server.Port)).Take(16)];
}
