using System.Globalization;
using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>Passes lookups on and notes each of them: so every RRset that a decision rests on gets into the explanation, whoever asked for it.</summary>
internal sealed class LookupRecorder(IDnssecResolver resolver) : IDnssecResolver
{
    private const int MaxRecord = 96;
    private const int MaxRecords = 12;

    private readonly Lock _gate = new();
    private readonly List<DnsFinding> _findings = [];

    public IReadOnlyList<DnsFinding> Findings
    {
        get { lock (_gate) return [.. _findings]; }
    }

    public async ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("MX", name, await resolver.GetMxAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("A", name, await resolver.GetAAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("AAAA", name, await resolver.GetAaaaAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("CNAME", name, await resolver.GetCnameAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("TXT", name, await resolver.GetTxtAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) =>
        Note("PTR", name, await resolver.GetPtrAsync(name, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("TLSA", owner, await resolver.GetTlsaAsync(owner, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("NS", zone, await resolver.GetNsAsync(zone, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        Note("SRV", owner, await resolver.GetSrvAsync(owner, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("SOA", zone, await resolver.GetSoaAsync(zone, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DS", zone, await resolver.GetDsAsync(zone, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        Note("DNSKEY", zone, await resolver.GetDnskeyAsync(zone, cancellationToken).ConfigureAwait(false));

    public async ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) =>
        Note(string.Create(CultureInfo.InvariantCulture, $"TYPE{type}"), name, await resolver.GetRawAsync(name, type, cancellationToken).ConfigureAwait(false));

    private DnsAnswer<T> Note<T>(string type, DomainName name, DnsAnswer<T> answer)
    {
        var question = $"{type} {name}";
        var finding = answer switch
        {
            DnsAnswer<T>.Found found => new DnsFinding(question, Sentences.OneLine(Path(found.Aliases) + Records(found.Records)), found.Security, null),
            DnsAnswer<T>.Absent absent => new DnsFinding(question, Path(absent.Aliases) + (absent.Kind == DnsAbsence.NoName ? "no such name" : "none"), absent.Security, null),
            DnsAnswer<T>.Failed failed => new DnsFinding(question, Sentences.OneLine($"{failed.Reason}: {failed.Detail}"), null, failed.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        lock (_gate)
            _findings.Add(finding);
        return answer;
    }

    private static string Path(IReadOnlyList<AliasHop> aliases) => string.Concat(aliases.Select(hop => $"alias of {hop.Target}, "));

    private static string Records<T>(IReadOnlyList<T> records)
    {
        var shown = records.Take(MaxRecords).Select(static record => Shorten(record?.ToString() ?? ""));
        return string.Join(", ", shown) + (records.Count > MaxRecords ? $" and {records.Count - MaxRecords} more" : "");
    }

    private static string Shorten(string record) => record.Length <= MaxRecord ? record : string.Concat(record.AsSpan(0, MaxRecord), "…");
}
