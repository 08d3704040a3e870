using System.Collections.Immutable;
using System.Globalization;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Makes findings on zones: each with its link of the chain, and the time it may be kept.</summary>
internal sealed class ZoneFindings(CachePolicy policy, TimeProvider time)
{
    /// <summary>The keys are proven.</summary>
    public KeptCut Trusted(CanonicalName zone, ImmutableArray<DnssecLink> chain, List<DnsKeyData> keys, SetVerdict.Secure proof, uint ttl)
    {
        var by = proof.Signature;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{(chain.IsEmpty ? "trust anchor" : "DS")} {by.KeyTag}, {keys.Count} keys signed by it until {SerialTime.ToText(by.Expiration, time.GetUtcNow())}");
        var link = new DnssecLink(zone.ToString(), DnssecLinkState.Secure, by.KeyTag, SigningAlgorithms.Name(by.Algorithm), detail);
        return new(new ZoneCut.Zone(new ZoneState.Trusted(zone, chain.Add(link), keys)), policy.Positive(ttl));
    }

    /// <summary>It is proven that nothing can be proven.</summary>
    public KeptCut Insecure(CanonicalName zone, ImmutableArray<DnssecLink> chain, ExtendedDnsError? note, uint ttl)
    {
        var link = new DnssecLink(zone.ToString(), DnssecLinkState.Insecure, null, "", note?.Text ?? "delegated without DS records");
        return new(new ZoneCut.Zone(new ZoneState.Insecure(zone, chain.Add(link), note)), policy.Negative(ttl));
    }

    /// <summary>The zone's words are not believed. What was not proven for want of work says nothing against the zone but its cost.</summary>
    public KeptCut Bogus(CanonicalName zone, ImmutableArray<DnssecLink> chain, ExtendedDnsError error, WorkBudget budget)
    {
        if (budget.IsExceeded)
            error = new ExtendedDnsError(6, $"{zone}: its keys ask for more work than is done for one zone");
        return Failed(zone, chain, DnsFailure.Bogus, error, error.Text);
    }

    /// <summary>DS records that were proven are said not to be there.</summary>
    public KeptCut Contradicted(CanonicalName child, ImmutableArray<DnssecLink> chain)
    {
        var error = new ExtendedDnsError(6, $"{child}: said to have no DS records that can be used, and it was proven that it has");
        return Failed(child, chain, DnsFailure.Bogus, error, error.Text);
    }

    /// <summary>The name is none that a question can hold.</summary>
    public KeptCut Unaskable(CanonicalName name, ImmutableArray<DnssecLink> chain) => Failed(name, chain, DnsFailure.Malformed, null, $"{name} is no name that can be asked for");

    /// <summary>A question was not answered.</summary>
    public KeptCut Failed(CanonicalName name, ResourceRecordType type, ImmutableArray<DnssecLink> chain, Reply.Failed failed) =>
        Failed(name, chain, failed.Reason, failed.Error, $"{name} {DnssecTypes.Name(type)}: {failed.Detail}");

    /// <summary>The server strips.</summary>
    public KeptCut Incapable(CanonicalName zone) => Failed(zone, [], DnsFailure.UpstreamNotDnssecCapable, null,
        $"the server gives the keys of zone {zone} without signatures: it strips DNSSEC records, so that nothing can be validated; ask another one");

    private KeptCut Failed(CanonicalName zone, ImmutableArray<DnssecLink> chain, DnsFailure reason, ExtendedDnsError? error, string detail)
    {
        var link = new DnssecLink(zone.ToString(), reason == DnsFailure.Bogus ? DnssecLinkState.Bogus : DnssecLinkState.Indeterminate, null, "", detail);
        return new(new ZoneCut.Zone(new ZoneState.Refused(zone, chain.Add(link), reason, error, detail)), policy.Failure(reason));
    }
}
