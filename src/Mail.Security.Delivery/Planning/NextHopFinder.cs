using System.Diagnostics;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>Finds the hosts of a recipient domain (RFC 5321 §5.1, RFC 7672 §2.2.1, RFC 7505).</summary>
internal static class NextHopFinder
{
    public static async ValueTask<NextHop> FindAsync(RecipientDomain domain, IReadOnlyCollection<DomainName> ownNames, ExchangerLookup lookup, CancellationToken cancellationToken) =>
        WithoutSelf(domain, ownNames, Read(domain, await lookup.GetAsync(cancellationToken).ConfigureAwait(false)));

    private static NextHop Read(RecipientDomain domain, DnsAnswer<MxRecord> answer) =>
        answer switch
        {
            DnsAnswer<MxRecord>.Found found when found.Records.Count > 0 && found.Records.All(static record => record.IsNullMx) => new NextHop.None(FailureTable.Of(PlanFault.NullMx, domain.ToString())),
            DnsAnswer<MxRecord>.Found found => new NextHop.Found(Order(found.Records), HostSource.Mx, found.Security, Names(domain, found)),
            DnsAnswer<MxRecord>.Absent { Kind: DnsAbsence.NoName } => new NextHop.None(FailureTable.Of(PlanFault.NoSuchDomain, domain.ToString())),
            // RFC 7672 §2.2.2: the domain is a host then, and its own name, not the end of its aliases, is where the search starts.
            DnsAnswer<MxRecord>.Absent absent => new NextHop.Found([new MxRecord(0, domain.Name)], HostSource.Domain, absent.Security, []),
            DnsAnswer<MxRecord>.Failed failed => new NextHop.None(FailureTable.Of(failed.Reason, failed.Error, failed.Detail)),
            _ => throw new UnreachableException(),
        };

    // RFC 5321 §5.1: a host of ours, and all that are no better, would bring the message round again.
    private static NextHop WithoutSelf(RecipientDomain domain, IReadOnlyCollection<DomainName> ownNames, NextHop nextHop)
    {
        if (nextHop is not NextHop.Found found || found.Hosts.Where(host => ownNames.Contains(host.Exchange)).Select(static host => (int)host.Preference).ToList() is not [var own, ..])
            return nextHop;
        var better = found.Hosts.Where(host => host.Preference < own).ToList();
        return better.Count > 0 ? found with { Hosts = better } : new NextHop.None(FailureTable.Of(PlanFault.MailLoop, domain.ToString()));
    }

    // RFC 5321 §5.1: by preference, and equal ones in random order to spread the load.
    private static List<MxRecord> Order(IReadOnlyList<MxRecord> records)
    {
        var shuffled = records.Where(static record => !record.IsNullMx).ToArray();
        Random.Shared.Shuffle(shuffled);
        return [.. shuffled.OrderBy(static record => record.Preference).DistinctBy(static record => record.Exchange)];
    }

    private static DomainName[] Names(RecipientDomain domain, DnsAnswer<MxRecord>.Found found) => found.Security != DnsSecurity.Secure ? []
        : found.CanonicalName == domain.Name ? [domain.Name]
        : [domain.Name, found.CanonicalName];
}
