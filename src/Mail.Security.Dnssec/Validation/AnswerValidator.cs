using System.Collections.Immutable;
using System.Globalization;
using DnsClient;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Validates answers against the chain of trust (RFC 4035 §5).</summary>
internal sealed class AnswerValidator(ZoneFinder zones, SetVerifier verifier, ValidationRules rules, int maxAliases, TimeProvider time)
{
    /// <summary>Judges one message.</summary>
    public ValueTask<Judgement> JudgeAsync(Question question, DnsMessage message, CancellationToken cancellationToken) =>
        JudgeAsync(question, message, rules.Budget(), cancellationToken);

    /// <summary>Judges one message within a budget of the caller's, who may look at it afterwards.</summary>
    public ValueTask<Judgement> JudgeAsync(Question question, DnsMessage message, WorkBudget budget, CancellationToken cancellationToken) =>
        new Check(zones, verifier, rules, budget, maxAliases, time, message).RunAsync(question, cancellationToken);

    /// <summary>One message while it is judged: the same walk along the aliases as <see cref="StageReader{T}"/> makes.</summary>
    private sealed class Check(ZoneFinder zones, SetVerifier verifier, ValidationRules rules, WorkBudget budget, int maxAliases, TimeProvider time, DnsMessage message)
    {
        private readonly SectionSets _answers = new(message, message.Answers);
        private SectionSets? _authority;
        private readonly WorkBudget _budget = budget;
        private readonly List<DnssecLink> _chain = [];
        private DnsSecurity _security = DnsSecurity.Secure;
        private uint _ttl = uint.MaxValue;
        private ExtendedDnsError? _note;
        private DnsAbsence? _absence;
        private Judgement.Refused? _refused;

        // Most answers need nothing of it.
        private SectionSets Authority => _authority ??= new(message, message.Authority);

        public async ValueTask<Judgement> RunAsync(Question question, CancellationToken cancellationToken)
        {
            var (at, hops) = (CanonicalName.Of(question.Name), 0);
            while (_refused is null)
            {
                if (_answers.Find(at, question.Type) is { } records)
                {
                    await ProveAsync(Signed(records, at), at, cancellationToken).ConfigureAwait(false);
                    break;
                }
                if (question.Type == DnssecTypes.Cname || _answers.Find(at, DnssecTypes.Cname) is not { } alias)
                {
                    if (!LeadsOn(at, hops))
                        await ProveAbsenceAsync(at, question.Type, cancellationToken).ConfigureAwait(false);
                    break;
                }
                await ProveAsync(Signed(alias, at), at, cancellationToken).ConfigureAwait(false);
                if (++hops > maxAliases || alias.Data.Count != 1)
                    break;              // which the reader refuses
                at = CanonicalName.Of(alias.Data[0]);
            }
            return _refused is { } refused ? refused
                : new Judgement.Judged { Security = _security, Ttl = _ttl, Chain = [.. _chain], Note = _security == DnsSecurity.Secure ? null : _note, Absence = _absence };
        }

        // RFC 6672 §5.3.1: a CNAME that a DNAME makes is not signed; the DNAME is.
        private RecordSet Signed(RecordSet set, CanonicalName owner) =>
            (set.Type == DnssecTypes.Cname && set.Signatures.Count == 0 ? AnswerSets.DnameAbove(_answers, owner, set) : null) ?? set;

        // The aliases lead out of this answer: their target is asked next, and has an answer of its own.
        private bool LeadsOn(CanonicalName end, int hops) => hops > 0 && message.Code != DnsResponseCode.NotExistentDomain
            && !Authority.OfType(DnssecTypes.Soa).Any(start => end.IsAtOrBelow(start.Owner));

        // What is proven is the answer for a name; it is that of the records but for a DNAME, which stands above.
        private async ValueTask ProveAsync(RecordSet set, CanonicalName name, CancellationToken cancellationToken)
        {
            var side = set.Type == DnssecTypes.Ds ? ZoneSide.Parent : ZoneSide.Child;
            var holder = side == ZoneSide.Parent ? name.Parent : name;
            ExtendedDnsError? nearest = null;
            ZoneState.Refused? failed = null;
            foreach (var signer in Signers([set], set.Owner, holder, side))
            {
                var state = await zones.FindAsync(signer, _budget, cancellationToken).ConfigureAwait(false);
                failed ??= state as ZoneState.Refused;
                if (state is not ZoneState.Trusted trusted)
                    continue;
                // RFC 4035 §5.3.1: the signer is the zone that holds the records, as far as is known of where zones begin.
                if (!trusted.Zone.Equals(signer) || zones.IsKnownToEndAbove(signer, holder))
                {
                    nearest ??= new(9, $"{set}: signed by {signer}, where no zone begins");
                    continue;
                }
                if (IsFromAboveTheCut(set, signer))
                {
                    nearest ??= new(6, $"{set}: that of {signer} above the zone that begins there");
                    continue;
                }
                switch (verifier.Verify(set, signer, trusted.Keys, _budget))
                {
                    case SetVerdict.Secure secure when Accept(secure, trusted):
                        return;
                    case SetVerdict.Secure:
                        nearest = new(12, $"{set}: made by a wildcard, and nothing proves that the name itself does not exist");
                        break;
                    case SetVerdict.Refused refused:
                        nearest ??= refused.Error;
                        break;
                }
            }
            await FallBackAsync(holder, set.ToString(), failed, nearest ?? new(10, $"{set}: not signed, and its zone is"), cancellationToken).ConfigureAwait(false);
        }

        // RFC 6840 §5.10: what lies at or below a trust anchor is judged from that one, and nobody above it is asked. At or below a negative one nobody is believed, those above it included.
        private IEnumerable<CanonicalName> Signers(IEnumerable<RecordSet> sets, CanonicalName owner, CanonicalName holder, ZoneSide side) => rules.ExemptionOf(holder, time.GetUtcNow()) is not null ? []
            : AnswerSets.Signers(sets, owner, side).Where(signer => rules.AnchorOf(holder) is not var (anchored, _) || signer.IsAtOrBelow(anchored));

        // RFC 4035 §2.3, §3.1.5: the record that the zone above has where it ends. It is authentic, and says nothing of the zone that begins there.
        private static bool IsFromAboveTheCut(RecordSet set, CanonicalName signer) => set.Type == DnssecTypes.Nsec && !set.Owner.Equals(signer)
            && set.Data.Any(data => NsecData.TryRead(set.Owner, data, out var record) && record.Types.IsDelegation);

        private bool Accept(SetVerdict.Secure proof, ZoneState.Trusted zone)
        {
            var state = DnssecLinkState.Secure;
            if (proof.Encloser is { } encloser)
            {
                // RFC 4035 §5.3.4, RFC 5155 §8.8: a wildcard answers only for names that do not exist. One that makes DS, DNSKEY or DNAME records is none.
                if (proof.Set.Type is DnssecTypes.Ds or DnssecTypes.Dnskey or DnssecTypes.Dname)
                    return false;
                var verified = VerifiedDenial.Of(Authority, zone, verifier, _budget);
                var finding = new DenialRecords(zone.Zone, verified.Sets, rules.MaxNsec3Iterations, _budget).WildcardAnswer(proof.Set.Owner, encloser);
                if (finding.Proof == DenialProof.None)
                    return false;
                Lower(finding.Security, verified.Ttl, finding.Note);
                state = finding.Security == DnsSecurity.Secure ? state : DnssecLinkState.Insecure;
            }
            var by = proof.Signature;
            var detail = string.Create(CultureInfo.InvariantCulture, $"signed by key {by.KeyTag} of zone {zone.Zone} until {SerialTime.ToText(by.Expiration, time.GetUtcNow())}{(proof.Encloser is null ? "" : $", by the wildcard of {proof.Encloser}")}{(state == DnssecLinkState.Secure ? "" : ", and that no closer name exists is not proven securely")}");
            Link(zone.Chain, new DnssecLink(proof.Set.ToString(), state, by.KeyTag, SigningAlgorithms.Name(by.Algorithm), detail));
            Lower(DnsSecurity.Secure, proof.Ttl, null);
            return true;
        }

        private async ValueTask ProveAbsenceAsync(CanonicalName name, ResourceRecordType type, CancellationToken cancellationToken)
        {
            var side = type == DnssecTypes.Ds ? ZoneSide.Parent : ZoneSide.Child;
            var holder = side == ZoneSide.Parent ? name.Parent : name;
            ExtendedDnsError? nearest = null;
            ZoneState.Refused? failed = null;
            foreach (var signer in Signers(Authority.OfType(DnssecTypes.Nsec).Concat(Authority.OfType(DnssecTypes.Nsec3)), name, holder, side))
            {
                var state = await zones.FindAsync(signer, _budget, cancellationToken).ConfigureAwait(false);
                failed ??= state as ZoneState.Refused;
                if (state is not ZoneState.Trusted trusted || !trusted.Zone.Equals(signer) || zones.IsKnownToEndAbove(signer, holder))
                    continue;
                if (Accept(trusted, name, type, ref nearest))
                    return;
            }
            await FallBackAsync(holder, $"{name} {type}", failed, nearest ?? new(12, $"{name} {type}: nothing proves that there is none"), cancellationToken).ConfigureAwait(false);
        }

        private bool Accept(ZoneState.Trusted zone, CanonicalName name, ResourceRecordType type, ref ExtendedDnsError? nearest)
        {
            var verified = VerifiedDenial.Of(Authority, zone, verifier, _budget);
            var ttl = verified.Ttl;
            // RFC 4035 §3.2.3: the SOA, whose times are used, must be proven as well.
            if (Authority.Find(zone.Zone, DnssecTypes.Soa) is { } start)
            {
                var verdict = verifier.Verify(start, zone.Zone, zone.Keys, _budget);
                if (verdict is not SetVerdict.Secure secure)
                {
                    nearest ??= ((SetVerdict.Refused)verdict).Error;
                    return false;
                }
                ttl = Math.Min(ttl, secure.Ttl);
            }
            var denial = new DenialRecords(zone.Zone, verified.Sets, rules.MaxNsec3Iterations, _budget);
            var denies = message.Code == DnsResponseCode.NotExistentDomain;
            var finding = denies ? denial.NoName(name) : denial.NoData(name, type);
            if (denies && finding.Proof == DenialProof.None)
            {
                finding = denial.NoData(name, type);
                _absence = finding.Proof == DenialProof.None ? null : DnsAbsence.NoData;
            }
            if (finding.Proof == DenialProof.None)
            {
                nearest ??= verified.Fault ?? new(12, $"{name} {type}: the records of denial of zone {zone.Zone} do not prove that there is none");
                return false;
            }
            var state = finding.Security == DnsSecurity.Secure ? DnssecLinkState.Secure : DnssecLinkState.Insecure;
            var detail = finding.Note?.Text ?? $"{(finding.Proof == DenialProof.NoName ? "the name does" : "such records do")} not exist, by {(verified.Sets[0].Type == DnssecTypes.Nsec ? "NSEC" : "NSEC3")} records of zone {zone.Zone}{(state == DnssecLinkState.Secure ? "" : ", and an insecure delegation may hide there (opt-out)")}";
            Link(zone.Chain, new DnssecLink($"{name} {type}", state, null, "", detail));
            Lower(finding.Security, ttl, finding.Note);
            return true;
        }

        // Nothing was proven: that is as it should be where the zone is insecure, and nowhere else.
        private async ValueTask FallBackAsync(CanonicalName name, string what, ZoneState.Refused? failed, ExtendedDnsError why, CancellationToken cancellationToken)
        {
            var state = await zones.FindAsync(name, _budget, cancellationToken).ConfigureAwait(false);
            switch (state)
            {
                case ZoneState.Insecure insecure:
                    Link(insecure.Chain, new DnssecLink(what, DnssecLinkState.Insecure, null, "", $"zone {insecure.Zone} is insecure"));
                    Lower(DnsSecurity.Insecure, insecure.Ends is { } end ? (uint)Math.Clamp((end - time.GetUtcNow()).TotalSeconds, 0, uint.MaxValue) : uint.MaxValue, insecure.Note);
                    break;
                case ZoneState.Unanchored:
                    Link([], new DnssecLink(what, DnssecLinkState.Indeterminate, null, "", "no trust anchor is at or above it"));
                    Lower(DnsSecurity.Indeterminate, uint.MaxValue, new(5, $"no trust anchor is at or above {name}"));
                    break;
                // A lookup that failed before and went well now says nothing against the zone.
                case ZoneState.Trusted when failed is { Reason: not DnsFailure.Bogus } && !_budget.IsExceeded:
                    Link(failed.Chain, null);
                    _refused = new(failed.Reason, failed.Error, failed.Detail, [.. _chain]) { Zone = failed };
                    break;
                case ZoneState.Refused refused when !_budget.IsExceeded:        // or the cost is what is to be told
                    Link(refused.Chain, null);
                    _refused = new(refused.Reason, refused.Error, refused.Detail, [.. _chain]) { Zone = refused };
                    break;
                default:
                    var error = _budget.IsExceeded ? new ExtendedDnsError(6, $"{what}: its zones ask for more work than is done for one answer") : why;
                    Link(state.Chain, new DnssecLink(what, DnssecLinkState.Bogus, null, "", error.Text));
                    _refused = new(DnsFailure.Bogus, error, error.Text, [.. _chain]);
                    break;
            }
        }

        private void Lower(DnsSecurity security, uint ttl, ExtendedDnsError? note)
        {
            (_security, _ttl) = (security < _security ? security : _security, Math.Min(_ttl, ttl));
            _note ??= note;
        }

        private void Link(ImmutableArray<DnssecLink> zones, DnssecLink? last)
        {
            foreach (var link in last is null ? zones : zones.Add(last))
            {
                if (!_chain.Contains(link))
                    _chain.Add(link);
            }
        }
    }
}
