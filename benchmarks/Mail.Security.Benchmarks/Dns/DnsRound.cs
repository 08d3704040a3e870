using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using DnsClient.Protocol;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>What one lookup cost in one round, in nanoseconds.</summary>
/// <param name="Kept">From the cache.</param>
/// <param name="Ecdsa">In the zone signed by ECDSA.</param>
/// <param name="Rsa">In the zone signed by RSA.</param>
/// <param name="Ours">Questions a second, many at once, by our resolver.</param>
/// <param name="DnsClient">The same by DnsClient.</param>
internal sealed record DnsRound(double Kept, ZoneCosts Ecdsa, ZoneCosts Rsa, double Ours, double DnsClient)
{
    private const int KeptLookups = 100_000;
    private const int Checks = 500;

    /// <summary>Measures one round, all works in turn.</summary>
    public static async Task<DnsRound> MeasureAsync(DnsPeers peers)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var data = new byte[100];
        var (bySmall, byLarge) = (ecdsa.SignData(data, HashAlgorithmName.SHA256), rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var small = await ZoneAsync(peers, DnsPeers.EcdsaZone, () => ecdsa.VerifyData(data, bySmall, HashAlgorithmName.SHA256));
        var large = await ZoneAsync(peers, DnsPeers.RsaZone, () => rsa.VerifyData(data, byLarge, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        using var without = Make(peers, DnssecMode.AdBit, cacheEntries: 0);
        return new(await KeptAsync(peers), small, large, await ManyQuestions.OursAsync(without), await ManyQuestions.DnsClientAsync());
    }

    private static async Task<ZoneCosts> ZoneAsync(DnsPeers peers, string zone, Func<bool> check) =>
        new(await ColdAsync(peers, zone, isKept: true), await ColdAsync(peers, zone, isKept: false), await ArSoftAsync(peers, zone), Check(check));

    private static async Task<ColdLookup> ColdAsync(DnsPeers peers, string zone, bool isKept) =>
        new(await ColdAsync(peers, zone, isKept, DnssecMode.AdBit), await PlainAsync(zone, isKept), await ColdAsync(peers, zone, isKept, DnssecMode.Validate));

    private static DnssecResolver Make(DnsPeers peers, DnssecMode mode, int cacheEntries = 10_000) =>
        new(new DnssecResolverOptions { Servers = [DnsPeers.Resolver], Mode = mode, TrustAnchors = peers.Anchors, CacheEntries = cacheEntries });

    private static async Task<double> ColdAsync(DnsPeers peers, string zone, bool isKept, DnssecMode mode)
    {
        using var resolver = Make(peers, mode);
        await AskAsync(resolver, DnsPeers.Host(zone, DnsPeers.Hosts));         // and with it the keys of the zone
        return await EachAsync(zone, isKept, host => AskAsync(resolver, host));
    }

    private static async Task<double> PlainAsync(string zone, bool isKept)
    {
        using var meters = new DnssecMeters(null);
        using var exchange = new ServerExchange(DnsPeers.Resolver, DnssecMode.Validate, TimeSpan.FromSeconds(5), TimeProvider.System, meters);
        return await EachAsync(zone, isKept, async host =>
        {
            if (await exchange.AskAsync(new Question(host, ResourceRecordType.A), CancellationToken.None) is not Reply.Answered)
                throw new InvalidOperationException("There is no answer.");
        });
    }

    private static async Task<double> ArSoftAsync(DnsPeers peers, string zone)
    {
        using var peer = new ArSoftPeer(peers.Anchors);
        await peer.AskAsync(DnsPeers.Host(zone, DnsPeers.Hosts));
        return await EachAsync(zone, isKept: true, peer.AskAsync);
    }

    private static async Task<double> EachAsync(string zone, bool isKept, Func<DomainName, Task> ask)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var host = 0; host < DnsPeers.Hosts; host++)
            await ask(DnsPeers.Host(zone, host, isKept));
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / DnsPeers.Hosts;
    }

    private static double Check(Func<bool> check)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < Checks; at++)
        {
            if (!check())
                throw new InvalidOperationException("The signature does not fit.");
        }
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Checks;
    }

    private static async Task<double> KeptAsync(DnsPeers peers)
    {
        using var resolver = Make(peers, DnssecMode.Validate);
        var name = DnsPeers.Host(DnsPeers.EcdsaZone, 0);
        await AskAsync(resolver, name);
        var begin = Stopwatch.GetTimestamp();
        for (var lookup = 0; lookup < KeptLookups; lookup++)
            _ = await resolver.GetAAsync(name);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / KeptLookups;
    }

    private static async Task AskAsync(DnssecResolver resolver, DomainName host)
    {
        if (await resolver.GetAAsync(host) is not DnsAnswer<IPAddress>.Found { Security: DnsSecurity.Secure })
            throw new InvalidOperationException("An answer is not secure.");
    }
}
