using System.Net;
using Mail.Security;
using Mail.Security.Dnssec;

namespace AotSmoke;

/// <summary>A world in which every name is this machine, and nothing else is known.</summary>
internal sealed class OneHostResolver : IDnssecResolver
{
    public ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<MxRecord>(name);

    public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        new(new DnsAnswer<IPAddress>.Found([IPAddress.Loopback], name, DnsSecurity.Insecure, TimeSpan.FromMinutes(1), []));

    public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<IPAddress>(name);

    public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<DomainName>(name);

    public ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<string>(name);

    public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<DomainName>(name);

    public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) => Absent<TlsaRecord>(owner);

    public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DomainName>(zone);

    public ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) => Absent<SrvRecord>(owner);

    public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<SoaRecord>(zone);

    public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DsRecord>(zone);

    public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DnskeyRecord>(zone);

    public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) => Absent<DnsRecord>(name);

    private static ValueTask<DnsAnswer<T>> Absent<T>(DomainName name) =>
        new(new DnsAnswer<T>.Absent(DnsAbsence.NoData, name, DnsSecurity.Insecure, TimeSpan.FromMinutes(1), []));
}
