using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>What one lookup cost in one round, in nanoseconds.</summary>
/// <param name="Kept">From the cache.</param>
/// <param name="Asked">Cold, by one question to unbound, whose AD bit is believed.</param>
/// <param name="Validated">Cold, validated here with the keys of the zone known.</param>
/// <param name="Signature">The platform's check of one signature of that kind, which no validation can do without.</param>
internal sealed record DnsRound(double Kept, double Asked, double Validated, double Signature)
{
    private const int Checks = 500;
    private const int KeptLookups = 100_000;

    /// <summary>Measures one round, all works in turn.</summary>
    public static async Task<DnsRound> MeasureAsync(DnsPeers peers)
    {
        using var believing = Make(peers, DnssecMode.AdBit);
        using var validating = Make(peers, DnssecMode.Validate);
        var asked = await ColdAsync(believing);
        var validated = await ColdAsync(validating);
        return new(await KeptAsync(believing), asked, validated, Check());
    }

    private static DnssecResolver Make(DnsPeers peers, DnssecMode mode) => new(new DnssecResolverOptions { Servers = [DnsPeers.Resolver], Mode = mode, TrustAnchors = peers.Anchors });

    private static async Task<double> ColdAsync(DnssecResolver resolver)
    {
        await AskAsync(resolver, DnsPeers.Hosts);           // and with it the keys of the zone
        var begin = Stopwatch.GetTimestamp();
        for (var host = 0; host < DnsPeers.Hosts; host++)
            await AskAsync(resolver, host);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / DnsPeers.Hosts;
    }

    private static double Check()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var data = new byte[100];
        var signature = key.SignData(data, HashAlgorithmName.SHA256);
        var begin = Stopwatch.GetTimestamp();
        for (var check = 0; check < Checks; check++)
        {
            if (!key.VerifyData(data, signature, HashAlgorithmName.SHA256))
                throw new InvalidOperationException("The signature does not fit.");
        }
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Checks;
    }

    private static async Task<double> KeptAsync(DnssecResolver resolver)
    {
        var name = DnsPeers.Host(0);
        var begin = Stopwatch.GetTimestamp();
        for (var lookup = 0; lookup < KeptLookups; lookup++)
            _ = await resolver.GetAAsync(name);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / KeptLookups;
    }

    private static async Task AskAsync(DnssecResolver resolver, int host)
    {
        if (await resolver.GetAAsync(DnsPeers.Host(host)) is not DnsAnswer<IPAddress>.Found { Security: DnsSecurity.Secure })
            throw new InvalidOperationException("An answer is not secure.");
    }
}
