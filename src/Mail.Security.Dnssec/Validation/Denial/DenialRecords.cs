using System.Globalization;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>The verified records of denial of one zone in one message, of either kind.</summary>
internal sealed class DenialRecords
{
    private readonly NsecDenial? _nsec;
    private readonly Nsec3Denial? _nsec3;
    private readonly ExtendedDnsError? _tooCostly;

    /// <summary>Takes the records of a zone that were verified by its keys.</summary>
    public DenialRecords(CanonicalName zone, IReadOnlyList<RecordSet> verified, int maxIterations, WorkBudget budget)
    {
        var plain = new List<NsecData>();
        var hashed = new List<Nsec3Data>();
        foreach (var set in verified)
        {
            foreach (var data in set.Data)
            {
                if (set.Type == DnssecTypes.Nsec && NsecData.TryRead(set.Owner, data, out var nsec))
                    plain.Add(nsec);
                else if (set.Type == DnssecTypes.Nsec3 && Nsec3Data.TryRead(set.Owner, data, out var nsec3) && nsec3.Zone.Equals(zone))
                    hashed.Add(nsec3);
            }
        }
        if (plain.Count > 0)
            _nsec = new(zone, plain);
        if (hashed.Count == 0)
            return;
        var first = hashed[0];
        if (first.Iterations > maxIterations)
        {
            _tooCostly = new(27, string.Create(CultureInfo.InvariantCulture, $"zone {zone} hashes names {first.Iterations} times more, at most {maxIterations} are computed"));
            return;
        }
        // RFC 5155 §8.2: a proof is of one chain.
        var chain = hashed.Where(record => record.Iterations == first.Iterations && record.Salt.AsSpan().SequenceEqual(first.Salt)).ToList();
        _nsec3 = new(zone, chain, new Nsec3Hasher(first.Iterations, first.Salt, budget));
    }

    public bool IsEmpty => _nsec is null && _nsec3 is null && _tooCostly is null;

    public DenialFinding NoData(CanonicalName name, ResourceRecordType type) =>
        Choose(_nsec?.NoData(name, type), _nsec3?.NoData(name, type), DenialProof.NoData);

    public DenialFinding NoName(CanonicalName name) => Choose(_nsec?.NoName(name), _nsec3?.NoName(name), DenialProof.NoName);

    public DenialFinding WildcardAnswer(CanonicalName name, CanonicalName encloser) =>
        Choose(_nsec?.WildcardAnswer(name, encloser), _nsec3?.WildcardAnswer(name, encloser), DenialProof.WildcardMayAnswer);

    /// <summary>What the absence of DS records at a name says, and why where the reason is the cost of the hashes.</summary>
    public (CutFinding Finding, ExtendedDnsError? Note) Cut(CanonicalName child)
    {
        if (_nsec?.Cut(child) is { } plain and not CutFinding.NotProven)
            return (plain, null);
        if (_nsec3?.Cut(child) is { } hashed and not CutFinding.NotProven)
            return (hashed, null);
        // RFC 9276 §3.2: the signatures were good, so the zone itself asks for more than is computed.
        return _tooCostly is null ? (CutFinding.NotProven, null) : (CutFinding.InsecureDelegation, _tooCostly);
    }

    private DenialFinding Choose(DenialFinding? plain, DenialFinding? hashed, DenialProof proof)
    {
        if (plain is { Proof: not DenialProof.None } one)
            return one;
        if (hashed is { Proof: not DenialProof.None } other)
            return other;
        return _tooCostly is null ? DenialFinding.None : DenialFinding.Insecure(proof, _tooCostly);
    }
}
