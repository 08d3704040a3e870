using System.Diagnostics;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>The MX lookup of one attempt: made when it is first needed, by the route or by the plan, and never twice.</summary>
internal sealed class ExchangerLookup(RecipientDomain domain, IDnssecResolver resolver)
{
    private DnsAnswer<MxRecord>? _answer;

    public LookupRecorder Recorder { get; } = new(resolver);

    public async ValueTask<DnsAnswer<MxRecord>> GetAsync(CancellationToken cancellationToken) =>
        _answer ??= await Recorder.GetMxAsync(domain.Name, cancellationToken).ConfigureAwait(false);

    /// <summary>The exchangers with the best preference, none for a domain that has none; or why they cannot be told.</summary>
    public async ValueTask<(IReadOnlyList<DomainName> Hosts, DeliveryFailure? Failure)> BestAsync(CancellationToken cancellationToken) =>
        await GetAsync(cancellationToken).ConfigureAwait(false) switch
        {
            DnsAnswer<MxRecord>.Found found => (Best(found.Records), null),
            // RFC 5321 §5.1: without MX records the domain is its own host.
            DnsAnswer<MxRecord>.Absent { Kind: DnsAbsence.NoName } => ([], null),
            DnsAnswer<MxRecord>.Absent => ([domain.Name], null),
            DnsAnswer<MxRecord>.Failed failed => ([], FailureTable.Of(failed.Reason, failed.Error, failed.Detail)),
            _ => throw new UnreachableException(),
        };

    private static DomainName[] Best(IReadOnlyList<MxRecord> records)
    {
        var hosts = records.Where(static record => !record.IsNullMx).ToList();
        return hosts.Count == 0 ? [] : [.. hosts.Where(record => record.Preference == hosts.Min(static host => host.Preference)).Select(static record => record.Exchange)];
    }
}
