using System.Net;
using Mail.Security;
using Mail.Security.Dnssec;

namespace DaneCheck.Lookups;

/// <summary>Passes lookups on and keeps each answer with its chain: what the planner asks is what is shown.</summary>
internal sealed class LookupLog(IDnssecResolver resolver) : IDnssecResolver
{
    private readonly Lock _gate = new();
    private readonly List<Lookup> _lookups = [];

    /// <summary>The lookups since the last time.</summary>
    public IReadOnlyList<Lookup> Take()
    {
        lock (_gate)
        {
            Lookup[] taken = [.. _lookups];
            _lookups.Clear();
            return taken;
        }
    }

    public async ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("MX", name, await resolver.GetMxAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("A", name, await resolver.GetAAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("AAAA", name, await resolver.GetAaaaAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("CNAME", name, await resolver.GetCnameAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("TXT", name, await resolver.GetTxtAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("PTR", name, await resolver.GetPtrAsync(name, cancellationToken));

    public async ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("TLSA", owner, await resolver.GetTlsaAsync(owner, cancellationToken));

    public async ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("NS", zone, await resolver.GetNsAsync(zone, cancellationToken));

    public async ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("SRV", owner, await resolver.GetSrvAsync(owner, cancellationToken));

    public async ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("SOA", zone, await resolver.GetSoaAsync(zone, cancellationToken));

    public async ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DS", zone, await resolver.GetDsAsync(zone, cancellationToken));

    public async ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DNSKEY", zone, await resolver.GetDnskeyAsync(zone, cancellationToken));

    public async ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) =>
        Note(LookupTypes.Write(type), name, await resolver.GetRawAsync(name, type, cancellationToken));

    private DnsAnswer<T> Note<T>(string type, DomainName name, DnsAnswer<T> answer) where T : notnull
    {
        lock (_gate)
            _lookups.Add(Lookup.Of(type, name, answer));
        return answer;
    }
}
