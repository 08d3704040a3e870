using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests;

/// <summary>A server of signed zones, and others of the very same zones, so that one can go wrong where another does not.</summary>
internal sealed class SignedWorld : IAsyncDisposable
{
    private readonly SignedWorld? _like;
    private readonly Dictionary<string, SignedZone> _zones = new(StringComparer.Ordinal);

    public SignedWorld(TimeProvider time, SignedWorld? like = null)
    {
        _like = like;
        Server = new SignedDnsServer(time: time);
        Take(".", Server.Root);
        Add("test");
        Zone = Add("z.test").Add("a.z.test", DnsRecordType.A, "192.0.2.1").Add("b.z.test", DnsRecordType.A, "192.0.2.2").Add("alias.z.test", DnsRecordType.Cname, "a.plain.test");
        Add("plain.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.Unsigned }).Add("a.plain.test", DnsRecordType.A, "192.0.2.3");
    }

    public SignedDnsServer Server { get; }

    public IPEndPoint EndPoint => Server.EndPoint;

    /// <summary>z.test, which is signed; plain.test is not.</summary>
    public SignedZone Zone { get; }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    public SignedZone Add(string name, SignedZoneOptions? options = null) => Take(name, Server.AddZone(name, options));

    /// <summary>How often a question came.</summary>
    public int CountOf(string name, DnsRecordType type) => Server.Queries.Count(query => query.Name == (name == "." ? default : DomainName.ParseLax(name)) && query.Type == type);

    private SignedZone Take(string name, SignedZone zone)
    {
        _zones[name] = zone;
        if (_like?._zones.GetValueOrDefault(name) is not { } other)
            return zone;
        zone.RemoveKeys(static _ => true);
        foreach (var (key, use) in other.Keys)
            zone.AddKey(key, use);
        return zone;
    }
}
