using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.MtaSts.Tests;

/// <summary>A resolver that answers from what a test put in, and counts what it was asked.</summary>
internal sealed class FakeResolver : IDnssecResolver
{
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(5);

    public ConcurrentDictionary<string, IPAddress[]> Addresses { get; } = new();

    public ConcurrentDictionary<string, string[]> Texts { get; } = new();

    public ConcurrentDictionary<string, DnsFailure> Failures { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    public TaskCompletionSource? Gate { get; set; }

    public Action<string>? OnAsk { get; set; }

    public ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Answer("A", name, Addresses, static address => address.GetAddressBytes().Length == 4));

    public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Answer("AAAA", name, Addresses, static address => address.GetAddressBytes().Length == 16));

    public async ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default)
    {
        var answer = Answer("TXT", name, Texts, static _ => true);
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        return answer;
    }

    private DnsAnswer<T> Answer<T>(string type, DomainName name, ConcurrentDictionary<string, T[]> data, Func<T, bool> ofType)
    {
        Asked.Enqueue($"{type} {name}");
        OnAsk?.Invoke($"{type} {name}");
        if (Failures.TryGetValue($"{type} {name}", out var failure))
            return new DnsAnswer<T>.Failed(failure, null, "told to fail");
        var records = data.TryGetValue(name.Ascii, out var found) ? found.Where(ofType).ToArray() : [];
        return records.Length > 0
            ? new DnsAnswer<T>.Found(records, name, DnsSecurity.Insecure, Ttl, [])
            : new DnsAnswer<T>.Absent(found is null ? DnsAbsence.NoName : DnsAbsence.NoData, name, DnsSecurity.Insecure, Ttl, []);
    }
}
