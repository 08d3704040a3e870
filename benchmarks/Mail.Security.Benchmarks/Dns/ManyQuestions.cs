using System.Diagnostics;
using System.Net;
using DnsClient;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>Many questions at once, none of them answered from a cache of ours: how many a second.</summary>
internal static class ManyQuestions
{
    public const int InFlight = 64;
    private const int Questions = 4000;

    /// <summary>By our resolver, which believes the AD bit.</summary>
    public static async Task<double> OursAsync(DnssecResolver resolver) => await MeasureAsync(async host =>
    {
        if (await resolver.GetAAsync(host) is not DnsAnswer<IPAddress>.Found)
            throw new InvalidOperationException("There is no answer.");
    });

    /// <summary>By DnsClient, which asks for no DNSSEC.</summary>
    public static async Task<double> DnsClientAsync()
    {
        var client = new LookupClient(new LookupClientOptions(DnsPeers.Resolver) { UseCache = false, Timeout = TimeSpan.FromSeconds(5) });
        return await MeasureAsync(async host =>
        {
            if ((await client.QueryAsync(host.Ascii, QueryType.A)).Answers.Count == 0)
                throw new InvalidOperationException("There is no answer.");
        });
    }

    private static async Task<double> MeasureAsync(Func<DomainName, Task> ask)
    {
        var next = -1;
        var begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            await Task.Yield();
            for (int number; (number = Interlocked.Increment(ref next)) < Questions;)
                await ask(DnsPeers.Host(DnsPeers.EcdsaZone, number % DnsPeers.Hosts));
        }));
        return Questions / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
