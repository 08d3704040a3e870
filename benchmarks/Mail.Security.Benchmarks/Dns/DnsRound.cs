using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>What one lookup cost in one round, in nanoseconds.</summary>
/// <param name="Kept">From the cache.</param>
/// <param name="Ecdsa">Cold, in the zone signed by ECDSA.</param>
/// <param name="Rsa">Cold, in the zone signed by RSA.</param>
internal sealed record DnsRound(double Kept, ColdLookup Ecdsa, ColdLookup Rsa)
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
        var small = await ColdAsync(peers, DnsPeers.EcdsaZone, () => ecdsa.VerifyData(data, bySmall, HashAlgorithmName.SHA256));
        var large = await ColdAsync(peers, DnsPeers.RsaZone, () => rsa.VerifyData(data, byLarge, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return new(await KeptAsync(peers), small, large);
    }

    private static async Task<ColdLookup> ColdAsync(DnsPeers peers, string zone, Func<bool> check) =>
        new(await ColdAsync(peers, zone, DnssecMode.AdBit), await PlainAsync(zone), await ColdAsync(peers, zone, DnssecMode.Validate), Check(check));

    private static DnssecResolver Make(DnsPeers peers, DnssecMode mode) => new(new DnssecResolverOptions { Servers = [DnsPeers.Resolver], Mode = mode, TrustAnchors = peers.Anchors });

    private static async Task<double> ColdAsync(DnsPeers peers, string zone, DnssecMode mode)
    {
        using var resolver = Make(peers, mode);
        await AskAsync(resolver, zone, DnsPeers.Hosts);         // and with it the keys of the zone
        var begin = Stopwatch.GetTimestamp();
        for (var host = 0; host < DnsPeers.Hosts; host++)
            await AskAsync(resolver, zone, host);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / DnsPeers.Hosts;
    }

    private static async Task<double> PlainAsync(string zone)
    {
        using var meters = new DnssecMeters(null);
        var exchange = new ServerExchange(DnsPeers.Resolver, DnssecMode.Validate, TimeSpan.FromSeconds(5), TimeProvider.System, meters);
        var begin = Stopwatch.GetTimestamp();
        for (var host = 0; host < DnsPeers.Hosts; host++)
        {
            if (await exchange.AskAsync(new Question(DnsPeers.Host(zone, host), DnsClient.Protocol.ResourceRecordType.A), CancellationToken.None) is not Reply.Answered)
                throw new InvalidOperationException("There is no answer.");
        }
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
        await AskAsync(resolver, DnsPeers.EcdsaZone, 0);
        var name = DnsPeers.Host(DnsPeers.EcdsaZone, 0);
        var begin = Stopwatch.GetTimestamp();
        for (var lookup = 0; lookup < KeptLookups; lookup++)
            _ = await resolver.GetAAsync(name);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / KeptLookups;
    }

    private static async Task AskAsync(DnssecResolver resolver, string zone, int host)
    {
        if (await resolver.GetAAsync(DnsPeers.Host(zone, host)) is not DnsAnswer<IPAddress>.Found { Security: DnsSecurity.Secure })
            throw new InvalidOperationException("An answer is not secure.");
    }
}
