using System.Net;
using Mail.Security;
using Mail.Security.Dnssec;

namespace DaneCheck.Lookups;

/// <summary>Passes lookups on and keeps each answer with its chain: what the planner asks is what is shown.</summary>
internal sealed class LookupLog(IDnssecResolver resolver) : IDnssecResolver
{
    private readonly Lock _gate = new();
    private readonly List<Place> _places = [];

    /// <summary>The lookups since the last time that were answered.</summary>
    public IReadOnlyList<Lookup> Take()
    {
        lock (_gate)
        {
            Lookup[] taken = [.. _places.Select(static place => place.Lookup).OfType<Lookup>()];
            _places.Clear();
            return taken;
        }
    }

    public ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("MX", name, resolver.GetMxAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("A", name, resolver.GetAAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("AAAA", name, resolver.GetAaaaAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("CNAME", name, resolver.GetCnameAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("TXT", name, resolver.GetTxtAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("PTR", name, resolver.GetPtrAsync(name, cancellationToken));

    public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("TLSA", owner, resolver.GetTlsaAsync(owner, cancellationToken));

    public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("NS", zone, resolver.GetNsAsync(zone, cancellationToken));

    public ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("SRV", owner, resolver.GetSrvAsync(owner, cancellationToken));

    public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("SOA", zone, resolver.GetSoaAsync(zone, cancellationToken));

    public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DS", zone, resolver.GetDsAsync(zone, cancellationToken));

    public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DNSKEY", zone, resolver.GetDnskeyAsync(zone, cancellationToken));

    public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) =>
        Note(LookupTypes.Write(type), name, resolver.GetRawAsync(name, type, cancellationToken));

    // In the order in which they were asked for, whoever answers first.
    private async ValueTask<DnsAnswer<T>> Note<T>(string type, DomainName name, ValueTask<DnsAnswer<T>> asked) where T : notnull
    {
        var place = new Place();
        lock (_gate)
            _places.Add(place);
        var answer = await asked;
        place.Lookup = Lookup.Of(type, name, answer);
        return answer;
    }

    private sealed class Place
    {
        /// <summary>Null until there is an answer.</summary>
        public Lookup? Lookup { get; set; }
    }
}
