using System.Net;
using BenchmarkDotNet.Attributes;
using Mail.Security.Benchmarks.Wire;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>A lookup that is answered from the cache.</summary>
/// <remarks>The floor finds the same records by name and type in a dictionary under a lock, and looks at no time.</remarks>
public class DnsBenchmarks : IDisposable
{
    private static readonly DomainName Host = DomainName.Parse("mx.example");

    private readonly LoopbackDnsServer _server = new() { Ttl = TimeSpan.FromDays(1) };
    private readonly Lock _lock = new();
    private readonly Dictionary<(DomainName, int), IReadOnlyList<IPAddress>> _known = [];
    private DnssecResolver _resolver = null!;

    [GlobalSetup]
    public void Agree()
    {
        _server.AddAddress(Host.Ascii, "192.0.2.1");
        _resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [_server.EndPoint] });
        var answer = (DnsAnswer<IPAddress>.Found)_resolver.GetAAsync(Host).AsTask().GetAwaiter().GetResult();
        _known[(Host, 1)] = answer.Records;
        Agreement.OnNumber(Floor_Find(), Get_Kept(), "addresses");
    }

    [Benchmark, Against(nameof(Floor_Find))]
    public long Get_Kept()
    {
        var answer = _resolver.GetAAsync(Host);
        return answer.IsCompletedSuccessfully && answer.Result is DnsAnswer<IPAddress>.Found found ? found.Records.Count : throw new InvalidOperationException("The answer is not kept.");
    }

    [Benchmark]
    public long Floor_Find()
    {
        lock (_lock)
            return _known[(Host, 1)].Count;
    }

    public void Dispose()
    {
        _resolver?.Dispose();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }
}
