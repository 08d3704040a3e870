using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>What the verified NSEC3 records of one zone prove (RFC 5155 §8).</summary>
/// <remarks>The records are of one chain: the same iterations and salt. Whoever makes this has seen to that, and to the limit on iterations.</remarks>
internal sealed class Nsec3Denial(CanonicalName zone, IReadOnlyList<Nsec3Data> records, Nsec3Hasher hasher)
{
    private readonly record struct EncloserProof(CanonicalName Encloser, Nsec3Data Gap)
    {
        public DenialFinding Finding(DenialProof proof) => Gap.IsOptOut ? DenialFinding.Insecure(proof) : DenialFinding.Secure(proof);
    }

    /// <summary>That a name, existing or made by a wildcard, has no records of a type (RFC 5155 §8.5 to §8.7).</summary>
    public DenialFinding NoData(CanonicalName name, ResourceRecordType type)
    {
        if (At(name) is { } own)
            return Lacks(own, name, type) ? DenialFinding.Secure(DenialProof.NoData) : DenialFinding.None;
        if (ProveEncloser(name) is not { } proof)
            return DenialFinding.None;
        if (proof.Encloser.Wildcard() is { } wildcard && At(wildcard) is { } made)
            return Lacks(made, wildcard, type) ? proof.Finding(DenialProof.NoData) : DenialFinding.None;
        // RFC 5155 §8.6, and an empty non-terminal above insecure delegations only has no record of its own either (§7.1).
        return proof.Gap.IsOptOut ? DenialFinding.Insecure(DenialProof.NoData) : DenialFinding.None;
    }

    /// <summary>That neither a name nor a wildcard for it exists (RFC 5155 §8.4).</summary>
    public DenialFinding NoName(CanonicalName name)
    {
        if (At(name) is not null || ProveEncloser(name) is not { } proof)
            return DenialFinding.None;
        return proof.Encloser.Wildcard() is not { } wildcard || Gap(wildcard) is not null ? proof.Finding(DenialProof.NoName) : DenialFinding.None;
    }

    /// <summary>That no closer name than the wildcard below an encloser could have answered (RFC 5155 §8.8).</summary>
    public DenialFinding WildcardAnswer(CanonicalName name, CanonicalName encloser)
    {
        if (Gap(name.Ancestor(encloser.Labels + 1)) is not { } gap)
            return DenialFinding.None;
        return gap.IsOptOut ? DenialFinding.Insecure(DenialProof.WildcardMayAnswer) : DenialFinding.Secure(DenialProof.WildcardMayAnswer);
    }

    /// <summary>What the absence of DS records at a name says (RFC 5155 §8.9).</summary>
    public CutFinding Cut(CanonicalName child)
    {
        if (At(child) is { } own)
        {
            // RFC 5155 §8.6, RFC 6840 §4.4.
            if (own.Types.Has(DnssecTypes.Soa) || own.Types.Has(DnssecTypes.Ds) || own.Types.Has(DnssecTypes.Cname))
                return CutFinding.NotProven;
            return own.Types.Has(DnssecTypes.Ns) ? CutFinding.InsecureDelegation : CutFinding.NoCut;
        }
        if (ProveEncloser(child) is not { } proof)
            return CutFinding.NotProven;
        return proof.Gap.IsOptOut ? CutFinding.InsecureDelegation : CutFinding.NothingBelow;
    }

    private Nsec3Data? At(CanonicalName name) => hasher.Hash(name) is { } hash ? records.FirstOrDefault(record => record.Matches(hash)) : null;

    private Nsec3Data? Gap(CanonicalName name) => hasher.Hash(name) is { } hash ? records.FirstOrDefault(record => record.Covers(hash)) : null;

    // RFC 5155 §8.3. The name itself has no record, or it would have been used before.
    private EncloserProof? ProveEncloser(CanonicalName name)
    {
        for (var labels = name.Labels - 1; labels >= zone.Labels; labels--)
        {
            var encloser = name.Ancestor(labels);
            if (At(encloser) is not { } own)
                continue;
            // RFC 6840 §4.1: an ancestor's record at a cut, or at a DNAME, says nothing of the names below.
            if (own.Types.IsDelegation || own.Types.Has(DnssecTypes.Dname))
                return null;
            return Gap(name.Ancestor(labels + 1)) is { } gap ? new(encloser, gap) : null;
        }
        return null;
    }

    private static bool Lacks(Nsec3Data record, CanonicalName name, ResourceRecordType type)
    {
        if (record.Types.Has(type) || record.Types.Has(DnssecTypes.Cname))      // RFC 6840 §4.3
            return false;
        return type == DnssecTypes.Ds ? !record.Types.Has(DnssecTypes.Soa) || name.IsRoot : !record.Types.IsDelegation;
    }
}
