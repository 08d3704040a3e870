using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>What the verified NSEC records of one zone prove (RFC 4035 §5.4, RFC 6840 §4).</summary>
internal sealed class NsecDenial(CanonicalName zone, IReadOnlyList<NsecData> records)
{
    /// <summary>That a name, existing or made by a wildcard, has no records of a type.</summary>
    public DenialFinding NoData(CanonicalName name, ResourceRecordType type)
    {
        if (At(name) is { } own)
            return Lacks(own, type) ? DenialFinding.Secure(DenialProof.NoData) : DenialFinding.None;
        if (Gap(name) is not { } gap)
            return DenialFinding.None;
        if (IsEmptyNonTerminal(gap, name))
            return DenialFinding.Secure(DenialProof.NoData);
        return Encloser(gap, name).Wildcard() is { } wildcard && (At(wildcard) is { } made ? Lacks(made, type) : IsEmptyWildcard(wildcard))
            ? DenialFinding.Secure(DenialProof.NoData) : DenialFinding.None;
    }

    /// <summary>That neither a name nor a wildcard for it exists.</summary>
    public DenialFinding NoName(CanonicalName name)
    {
        if (Gap(name) is not { } gap || IsEmptyNonTerminal(gap, name))
            return DenialFinding.None;
        return Encloser(gap, name).Wildcard() is not { } wildcard || Gap(wildcard) is { } second && !IsEmptyNonTerminal(second, wildcard)
            ? DenialFinding.Secure(DenialProof.NoName) : DenialFinding.None;
    }

    /// <summary>That no closer name than the wildcard below an encloser could have answered (RFC 4035 §5.3.4).</summary>
    public DenialFinding WildcardAnswer(CanonicalName name, CanonicalName encloser) =>
        Gap(name) is { } gap && !IsEmptyNonTerminal(gap, name) && Encloser(gap, name).Equals(encloser)
            ? DenialFinding.Secure(DenialProof.WildcardMayAnswer) : DenialFinding.None;

    /// <summary>What the absence of DS records at a name says.</summary>
    public CutFinding Cut(CanonicalName child)
    {
        if (At(child) is { } own)
        {
            // RFC 6840 §4.4: a record of the child's own side has the SOA bit and proves nothing of its delegation. Where there is a CNAME, it was left out (§4.3).
            if (own.Types.Has(DnssecTypes.Soa) || own.Types.Has(DnssecTypes.Ds) || own.Types.Has(DnssecTypes.Cname))
                return CutFinding.NotProven;
            return own.Types.Has(DnssecTypes.Ns) ? CutFinding.InsecureDelegation : CutFinding.NoCut;
        }
        if (Gap(child) is not { } gap)
            return CutFinding.NotProven;
        return IsEmptyNonTerminal(gap, child) ? CutFinding.NoCut : CutFinding.NothingBelow;
    }

    private NsecData? At(CanonicalName name) => records.FirstOrDefault(record => record.Owner.Equals(name));

    private NsecData? Gap(CanonicalName name) => records.FirstOrDefault(record => name.IsAtOrBelow(zone) && record.Covers(name) && MayDeny(record, name));

    // RFC 6840 §4.1: what the parent has at a cut, or a name with DNAME, says nothing of the names below.
    private static bool MayDeny(NsecData record, CanonicalName name) =>
        !name.IsBelow(record.Owner) || (!record.Types.IsDelegation && !record.Types.Has(DnssecTypes.Dname));

    private static bool Lacks(NsecData record, ResourceRecordType type)
    {
        if (record.Types.Has(type) || record.Types.Has(DnssecTypes.Cname))      // RFC 6840 §4.3
            return false;
        return type == DnssecTypes.Ds ? !record.Types.Has(DnssecTypes.Soa) || record.Owner.IsRoot : !record.Types.IsDelegation;
    }

    // RFC 4035 §5.4: the next name lies below, so the name is there without records of its own.
    private static bool IsEmptyNonTerminal(NsecData gap, CanonicalName name) => gap.Next.IsBelow(name);

    // RFC 4592 §4.9: a wildcard that is there for the sake of names below it only makes nothing, and no name is denied.
    private bool IsEmptyWildcard(CanonicalName wildcard) => Gap(wildcard) is { } gap && IsEmptyNonTerminal(gap, wildcard);

    private static CanonicalName Encloser(NsecData gap, CanonicalName name)
    {
        var (left, right) = (CanonicalName.CommonAncestor(name, gap.Owner), CanonicalName.CommonAncestor(name, gap.Next));
        return left.Labels > right.Labels ? left : right;
    }
}
