using System.Collections.Immutable;
using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>Looks from a zone whose keys are proven to a name below: whether another zone begins there, and which keys it has (RFC 4035 §5.2).</summary>
internal sealed class ZoneReader(Func<Question, Inquiry> inquire, ValidationRules rules, SetVerifier verifier, DnssecResolverOptions options, TimeProvider time)
{
    // While keys change a zone has some six; each costs memory as long as the zone is remembered.
    private const int MaxKeys = 40;

    private readonly CachePolicy _policy = CachePolicy.Of(options);
    private readonly ZoneFindings _findings = new(CachePolicy.Of(options), time);

    /// <summary>Looks whether a zone begins at a name one label below.</summary>
    /// <param name="child">The name.</param>
    /// <param name="parent">The zone above it.</param>
    /// <param name="flight">What the words of each server may cost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<KeptCut> LookAsync(CanonicalName child, ZoneState.Trusted parent, FlightBudget flight, CancellationToken cancellationToken)
    {
        if (!TryName(child, out var name))
            return _findings.Unaskable(child, parent.Chain);
        var (keys, isVouchedFor) = (inquire(new(name, DnssecTypes.Dnskey)), false);
        return await inquire(new(name, DnssecTypes.Ds)).JudgeAsync(JudgeAsync, Beside, cancellationToken).ConfigureAwait(false);

        async ValueTask<Opinion<KeptCut>> JudgeAsync(Reply reply)
        {
            if (reply is not Reply.Answered { Message: var message } answered)
                return Opinion(_findings.Failed(child, DnssecTypes.Ds, parent.Chain, (Reply.Failed)reply));
            var (answers, own) = (new SectionSets(message, message.Answers), flight.Of(answered));
            if (answers.Find(child, DnssecTypes.Ds) is not { } signers)
            {
                var cut = answers.Find(child, DnssecTypes.Cname) is { } alias
                    ? Alias(child, alias, answers, message, parent, own)
                    : Denied(child, new SectionSets(message, message.Authority), parent, own);
                return Opinion(isVouchedFor && !IsRefused(cut) ? _findings.Contradicted(child, parent.Chain) : cut);
            }
            var verdict = verifier.Verify(signers, parent.Zone, parent.Keys, own);
            var refused = verdict switch
            {
                SetVerdict.Secure { Encloser: null } => null,
                SetVerdict.Refused fault => _findings.Bogus(child, parent.Chain, fault.Error, own),
                _ => _findings.Bogus(child, parent.Chain, new ExtendedDnsError(6, $"{child} DS: made by a wildcard"), own),
            };
            if (refused is not null)
                return Opinion(refused);
            var found = await KeysAsync(child, Read(signers), parent.Chain, ((SetVerdict.Secure)verdict).Ttl, keys, flight, cancellationToken).ConfigureAwait(false);
            // Every server was asked for the keys, and they are out of reach: other DS records would not change that.
            if (!isVouchedFor && found.Cut is ZoneCut.Zone { State: ZoneState.Refused { Reason: not (DnsFailure.Bogus or DnsFailure.UpstreamNotDnssecCapable) } })
                return new(found, null);
            // What one server proved another must not take back: nothing but keys is looked for from here on.
            var isTakenBack = isVouchedFor && found.Cut is ZoneCut.Zone { State: ZoneState.Insecure };
            isVouchedFor = true;
            return Opinion(isTakenBack ? _findings.Contradicted(child, parent.Chain) : found);
        }
    }

    /// <summary>Asks for the keys of a trust anchor's zone and proves them by the anchors' digests.</summary>
    public async ValueTask<KeptCut> ReadAsync(CanonicalName zone, IReadOnlyList<DsData> anchors, FlightBudget flight, CancellationToken cancellationToken) => TryName(zone, out var name)
        ? await KeysAsync(zone, anchors, [], uint.MaxValue, inquire(new(name, DnssecTypes.Dnskey)), flight, cancellationToken).ConfigureAwait(false)
        : _findings.Unaskable(zone, []);

    // The keys of a zone, proven by the digests its parent, or a trust anchor, has of them.
    private ValueTask<KeptCut> KeysAsync(CanonicalName zone, IReadOnlyList<DsData> signers, ImmutableArray<DnssecLink> chain, uint ttl, Inquiry inquiry, FlightBudget flight, CancellationToken cancellationToken)
    {
        var usable = DelegationSigners.Usable(signers, rules.Sha1);
        if (usable.Count == 0)
            return new(_findings.Insecure(zone, chain, DelegationSigners.WhyUnusable(zone, signers), ttl));
        return inquiry.JudgeAsync<KeptCut>(reply => new(Opinion(reply is Reply.Answered answered
            ? Keys(zone, usable, chain, ttl, answered.Message, flight.Of(answered))
            : _findings.Failed(zone, DnssecTypes.Dnskey, chain, (Reply.Failed)reply))), Beside, cancellationToken);
    }

    private KeptCut Keys(CanonicalName zone, IReadOnlyList<DsData> usable, ImmutableArray<DnssecLink> chain, uint ttl, DnsMessage message, WorkBudget budget)
    {
        var set = new SectionSets(message, message.Answers).Find(zone, DnssecTypes.Dnskey);
        if (chain.IsEmpty && (set is null || set.Signatures.Count == 0))
            return _findings.Incapable(zone);
        if (set is null)
            return _findings.Bogus(zone, chain, new ExtendedDnsError(9, $"zone {zone} has no keys, and its DS records say that it has"), budget);
        if (set.Data.Count > MaxKeys)
            return _findings.Bogus(zone, chain, new ExtendedDnsError(6, string.Create(CultureInfo.InvariantCulture, $"zone {zone} has {set.Data.Count} keys, more than are looked at")), budget);
        var keys = new List<DnsKeyData>();
        foreach (var data in set.Data)
        {
            if (DnsKeyData.TryRead(data, out var key))
                keys.Add(key);
        }
        var vouched = DelegationSigners.KeysOf(zone, usable, keys, budget);
        if (vouched.Count == 0)
            return _findings.Bogus(zone, chain, WhyNotVouched(zone, usable, keys, chain), budget);
        return verifier.Verify(set, zone, vouched, budget) switch
        {
            SetVerdict.Secure { Encloser: null } secure => _findings.Trusted(zone, chain, keys, secure, Math.Min(ttl, secure.Ttl)),
            SetVerdict.Refused refused => _findings.Bogus(zone, chain, refused.Error, budget),
            _ => _findings.Bogus(zone, chain, new ExtendedDnsError(6, $"{zone} DNSKEY: made by a wildcard"), budget),
        };
    }

    private static Opinion<KeptCut> Opinion(KeptCut cut) => new(cut, cut.Cut is ZoneCut.Zone { State: ZoneState.Refused refused } ? new(refused.Error, refused.Detail) : null);

    private static bool IsRefused(KeptCut cut) => cut.Cut is ZoneCut.Zone { State: ZoneState.Refused };

    private static KeptCut Beside(KeptCut cut, ExtendedDnsError note) =>
        cut.Cut is ZoneCut.Zone { State: ZoneState.Refused refused } ? cut with { Cut = new ZoneCut.Zone(refused with { Note = refused.Note ?? note }) } : cut;

    private KeptCut Alias(CanonicalName child, RecordSet alias, SectionSets answers, DnsMessage message, ZoneState.Trusted parent, WorkBudget budget)
    {
        var rename = alias.Signatures.Count == 0 ? AnswerSets.DnameAbove(answers, child, alias) : null;
        return verifier.Verify(rename ?? alias, parent.Zone, parent.Keys, budget) switch
        {
            SetVerdict.Secure { Encloser: null } secure => new(rename is null ? new ZoneCut.None() : new ZoneCut.NothingBelow(), _policy.Positive(secure.Ttl)),
            SetVerdict.Secure { Encloser: { } encloser } secure when rename is null => Expanded(child, encloser, secure.Ttl, new SectionSets(message, message.Authority), parent, budget),
            SetVerdict.Secure => _findings.Bogus(child, parent.Chain, new ExtendedDnsError(6, $"{rename}: made by a wildcard"), budget),
            SetVerdict.Refused refused => _findings.Bogus(child, parent.Chain, refused.Error, budget),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // RFC 4035 §5.3.4: a wildcard answers only for a name that does not exist, and then no zone begins there. A replayed one must not hide a delegation.
    private KeptCut Expanded(CanonicalName child, CanonicalName encloser, uint ttl, SectionSets authority, ZoneState.Trusted parent, WorkBudget budget)
    {
        var verified = VerifiedDenial.Of(authority, parent, verifier, budget);
        var finding = new DenialRecords(parent.Zone, verified.Sets, rules.MaxNsec3Iterations, budget).WildcardAnswer(child, encloser);
        return finding.Proof == DenialProof.None
            ? _findings.Bogus(child, parent.Chain, verified.Fault ?? new ExtendedDnsError(12, $"{child} CNAME: made by a wildcard, and nothing proves that the name itself does not exist"), budget)
            : finding.Security == DnsSecurity.Secure ? new(new ZoneCut.NothingBelow(), _policy.Positive(Math.Min(ttl, verified.Ttl)))
            : _findings.Insecure(child, parent.Chain, finding.Note, Math.Min(ttl, verified.Ttl));
    }

    private KeptCut Denied(CanonicalName child, SectionSets authority, ZoneState.Trusted parent, WorkBudget budget)
    {
        var verified = VerifiedDenial.Of(authority, parent, verifier, budget);
        var (finding, note) = new DenialRecords(parent.Zone, verified.Sets, rules.MaxNsec3Iterations, budget).Cut(child);
        return finding switch
        {
            CutFinding.NoCut => new(new ZoneCut.None(), _policy.Negative(verified.Ttl)),
            CutFinding.NothingBelow => new(new ZoneCut.NothingBelow(), _policy.Negative(verified.Ttl)),
            CutFinding.InsecureDelegation => _findings.Insecure(child, parent.Chain, note, verified.Ttl),
            _ => _findings.Bogus(child, parent.Chain, verified.Fault ?? new ExtendedDnsError(12, $"nothing in zone {parent.Zone} proves that {child} has no DS records"), budget),
        };
    }

    // Also the root, which is asked for by no name, and the owners of wildcards.
    private static bool TryName(CanonicalName name, out DomainName asked) => WireName.TryToOwner(name.Octets, out asked);

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

    private static ExtendedDnsError WhyNotVouched(CanonicalName zone, IReadOnlyList<DsData> signers, List<DnsKeyData> keys, ImmutableArray<DnssecLink> chain)
    {
        var (wanted, has) = (string.Join(", ", signers.Select(static one => one.Tag).Distinct()), string.Join(", ", keys.Select(static one => one.Tag).Distinct()));
        if (keys.Find(key => !key.HasZoneFlag && signers.Any(one => one.Tag == key.Tag)) is { } unfit)
            return new(11, string.Create(CultureInfo.InvariantCulture, $"key {unfit.Tag} of zone {zone} has no zone flag, and must vouch for no others"));
        return new(9, $"no key of zone {zone} ({has}) is the one its {(chain.IsEmpty ? "trust anchor" : "DS record")} names ({wanted})");
    }
}
