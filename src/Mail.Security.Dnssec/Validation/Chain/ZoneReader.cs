using System.Collections.Immutable;
using System.Globalization;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Looks from a zone whose keys are proven to a name below: whether another zone begins there, and which keys it has (RFC 4035 §5.2).</summary>
internal sealed class ZoneReader(ZoneQuestion ask, ValidationRules rules, SetVerifier verifier, DnssecResolverOptions options, TimeProvider time)
{
    // While keys change a zone has some six; each costs memory as long as the zone is remembered.
    private const int MaxKeys = 40;

    private readonly CachePolicy _policy = CachePolicy.Of(options);

    /// <summary>Looks whether a zone begins at a name one label below.</summary>
    public async ValueTask<KeptCut> LookAsync(CanonicalName child, ZoneState.Trusted parent, WorkBudget budget, CancellationToken cancellationToken)
    {
        var (message, failed) = await AskAsync(child, DnssecTypes.Ds, parent.Chain, budget, cancellationToken).ConfigureAwait(false);
        if (message is null)
            return failed!;
        var answers = new SectionSets(message, message.Answers);
        if (answers.Find(child, DnssecTypes.Ds) is { } signers)
        {
            return verifier.Verify(signers, parent.Zone, parent.Keys, budget) switch
            {
                SetVerdict.Secure { Encloser: null } secure => await ReadAsync(child, Read(signers), parent.Chain, secure.Ttl, budget, cancellationToken).ConfigureAwait(false),
                SetVerdict.Refused refused => Bogus(child, parent.Chain, refused.Error),
                _ => Bogus(child, parent.Chain, new ExtendedDnsError(6, $"{child} DS: made by a wildcard")),
            };
        }
        return answers.Find(child, DnssecTypes.Cname) is { } alias
            ? Alias(child, alias, answers, message, parent, budget)
            : Denied(child, new SectionSets(message, message.Authority), parent, budget);
    }

    /// <summary>Asks for the keys of a zone and proves them by the digests its parent, or a trust anchor, has of them.</summary>
    public async ValueTask<KeptCut> ReadAsync(CanonicalName zone, IReadOnlyList<DsData> signers, ImmutableArray<DnssecLink> chain, uint ttl, WorkBudget budget, CancellationToken cancellationToken)
    {
        var usable = DelegationSigners.Usable(signers, rules.Sha1);
        if (usable.Count == 0)
            return Insecure(zone, chain, DelegationSigners.WhyUnusable(zone, signers), ttl);
        var (message, failed) = await AskAsync(zone, DnssecTypes.Dnskey, chain, budget, cancellationToken).ConfigureAwait(false);
        if (message is null)
            return failed!;
        var set = new SectionSets(message, message.Answers).Find(zone, DnssecTypes.Dnskey);
        if (chain.IsEmpty && (set is null || set.Signatures.Count == 0))
            return Incapable(zone);
        if (set is null)
            return Bogus(zone, chain, new ExtendedDnsError(9, $"zone {zone} has no keys, and its DS records say that it has"));
        if (set.Data.Count > MaxKeys)
            return Bogus(zone, chain, new ExtendedDnsError(6, string.Create(CultureInfo.InvariantCulture, $"zone {zone} has {set.Data.Count} keys, more than are looked at")));
        var keys = new List<DnsKeyData>();
        foreach (var data in set.Data)
        {
            if (DnsKeyData.TryRead(data, out var key))
                keys.Add(key);
        }
        var vouched = DelegationSigners.KeysOf(zone, usable, keys, budget);
        if (vouched.Count == 0)
            return Bogus(zone, chain, WhyNotVouched(zone, usable, keys, chain));
        return verifier.Verify(set, zone, vouched, budget) switch
        {
            SetVerdict.Secure { Encloser: null } secure => Trusted(zone, chain, keys, secure, Math.Min(ttl, secure.Ttl)),
            SetVerdict.Refused refused => Bogus(zone, chain, refused.Error),
            _ => Bogus(zone, chain, new ExtendedDnsError(6, $"{zone} DNSKEY: made by a wildcard")),
        };
    }

    private KeptCut Alias(CanonicalName child, RecordSet alias, SectionSets answers, DnsMessage message, ZoneState.Trusted parent, WorkBudget budget)
    {
        var rename = alias.Signatures.Count == 0 ? AnswerSets.DnameAbove(answers, child, alias) : null;
        return verifier.Verify(rename ?? alias, parent.Zone, parent.Keys, budget) switch
        {
            SetVerdict.Secure { Encloser: null } secure => new(rename is null ? new ZoneCut.None() : new ZoneCut.NothingBelow(), _policy.Positive(secure.Ttl)),
            SetVerdict.Secure { Encloser: { } encloser } secure when rename is null => Expanded(child, encloser, secure.Ttl, new SectionSets(message, message.Authority), parent, budget),
            SetVerdict.Secure => Bogus(child, parent.Chain, new ExtendedDnsError(6, $"{rename}: made by a wildcard")),
            SetVerdict.Refused refused => Bogus(child, parent.Chain, refused.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // RFC 4035 §5.3.4: a wildcard answers only for a name that does not exist, and then no zone begins there. A replayed one must not hide a delegation.
    private KeptCut Expanded(CanonicalName child, CanonicalName encloser, uint ttl, SectionSets authority, ZoneState.Trusted parent, WorkBudget budget)
    {
        var verified = VerifiedDenial.Of(authority, parent, verifier, budget);
        var finding = new DenialRecords(parent.Zone, verified.Sets, rules.MaxNsec3Iterations, budget).WildcardAnswer(child, encloser);
        return finding.Proof == DenialProof.None
            ? Bogus(child, parent.Chain, verified.Fault ?? new ExtendedDnsError(12, $"{child} CNAME: made by a wildcard, and nothing proves that the name itself does not exist"))
            : finding.Security == DnsSecurity.Secure ? new(new ZoneCut.NothingBelow(), _policy.Positive(Math.Min(ttl, verified.Ttl)))
            : Insecure(child, parent.Chain, finding.Note, Math.Min(ttl, verified.Ttl));
    }

    private KeptCut Denied(CanonicalName child, SectionSets authority, ZoneState.Trusted parent, WorkBudget budget)
    {
        var verified = VerifiedDenial.Of(authority, parent, verifier, budget);
        var (finding, note) = new DenialRecords(parent.Zone, verified.Sets, rules.MaxNsec3Iterations, budget).Cut(child);
        return finding switch
        {
            CutFinding.NoCut => new(new ZoneCut.None(), _policy.Negative(verified.Ttl)),
            CutFinding.NothingBelow => new(new ZoneCut.NothingBelow(), _policy.Negative(verified.Ttl)),
            CutFinding.InsecureDelegation => Insecure(child, parent.Chain, note, verified.Ttl),
            _ => Bogus(child, parent.Chain, verified.Fault ?? new ExtendedDnsError(12, $"nothing in zone {parent.Zone} proves that {child} has no DS records")),
        };
    }

    private async ValueTask<(DnsMessage? Message, KeptCut? Failed)> AskAsync(CanonicalName name, ResourceRecordType type, ImmutableArray<DnssecLink> chain, WorkBudget budget, CancellationToken cancellationToken)
    {
        var asked = default(DomainName);
        if (!name.IsRoot && !WireName.TryToDomainName(name.Octets, out asked))
            return (null, Failed(name, chain, DnsFailure.Malformed, null, $"{name} is no name that can be asked for"));
        if (!budget.TrySpendQuestion())
            return (null, Failed(name, chain, DnsFailure.Bogus, new ExtendedDnsError(6, "more zones on the way than are asked"), $"{name} {type}: more zones on the way than are asked"));
        var question = new Question(asked, type);
        return await ask(question, cancellationToken).ConfigureAwait(false) switch
        {
            Reply.Answered(var message) => (message, null),
            Reply.Failed failed => (null, Failed(name, chain, failed.Reason, failed.Error, $"{question}: {failed.Detail}")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static List<DsData> Read(RecordSet set)
    {
        var signers = new List<DsData>();
        foreach (var data in set.Data)
        {
            if (DsData.TryRead(data, out var signer))
                signers.Add(signer);
        }
        return signers;
    }

    private KeptCut Trusted(CanonicalName zone, ImmutableArray<DnssecLink> chain, List<DnsKeyData> keys, SetVerdict.Secure proof, uint ttl)
    {
        var by = proof.Signature;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{(chain.IsEmpty ? "trust anchor" : "DS")} {by.KeyTag}, {keys.Count} keys signed by it until {SerialTime.ToText(by.Expiration, time.GetUtcNow())}");
        var link = new DnssecLink(zone.ToString(), DnssecLinkState.Secure, by.KeyTag, SigningAlgorithms.Name(by.Algorithm), detail);
        return new(new ZoneCut.Zone(new ZoneState.Trusted(zone, chain.Add(link), keys)), _policy.Positive(ttl));
    }

    private KeptCut Insecure(CanonicalName zone, ImmutableArray<DnssecLink> chain, ExtendedDnsError? note, uint ttl)
    {
        var link = new DnssecLink(zone.ToString(), DnssecLinkState.Insecure, null, "", note?.Text ?? "delegated without DS records");
        return new(new ZoneCut.Zone(new ZoneState.Insecure(zone, chain.Add(link), note)), _policy.Negative(ttl));
    }

    private KeptCut Bogus(CanonicalName zone, ImmutableArray<DnssecLink> chain, ExtendedDnsError error) => Failed(zone, chain, DnsFailure.Bogus, error, error.Text);

    private KeptCut Incapable(CanonicalName zone) => Failed(zone, [], DnsFailure.UpstreamNotDnssecCapable, null,
        $"the server gives the keys of zone {zone} without signatures: it strips DNSSEC records, so that nothing can be validated; ask another one");

    private KeptCut Failed(CanonicalName zone, ImmutableArray<DnssecLink> chain, DnsFailure reason, ExtendedDnsError? error, string detail)
    {
        var link = new DnssecLink(zone.ToString(), reason == DnsFailure.Bogus ? DnssecLinkState.Bogus : DnssecLinkState.Indeterminate, null, "", detail);
        return new(new ZoneCut.Zone(new ZoneState.Refused(zone, chain.Add(link), reason, error, detail)), _policy.Failure(reason));
    }

    private static ExtendedDnsError WhyNotVouched(CanonicalName zone, IReadOnlyList<DsData> signers, List<DnsKeyData> keys, ImmutableArray<DnssecLink> chain)
    {
        var (wanted, has) = (string.Join(", ", signers.Select(static one => one.Tag).Distinct()), string.Join(", ", keys.Select(static one => one.Tag).Distinct()));
        if (keys.Find(key => !key.HasZoneFlag && signers.Any(one => one.Tag == key.Tag)) is { } unfit)
            return new(11, string.Create(CultureInfo.InvariantCulture, $"key {unfit.Tag} of zone {zone} has no zone flag, and must vouch for no others"));
        return new(9, $"no key of zone {zone} ({has}) is the one its {(chain.IsEmpty ? "trust anchor" : "DS record")} names ({wanted})");
    }
}
