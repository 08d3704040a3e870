namespace Mail.Security.Dnssec;

/// <summary>The records of denial of one zone in the authority section whose signatures were checked.</summary>
/// <param name="Sets">Those that are proven.</param>
/// <param name="Ttl">How long they may be kept, in seconds.</param>
/// <param name="Fault">Why one is not, if one is not.</param>
internal sealed record VerifiedDenial(IReadOnlyList<RecordSet> Sets, uint Ttl, ExtendedDnsError? Fault)
{
    // A proof needs three, and an answer with aliases some more.
    private const int MaxSets = 16;

    public static VerifiedDenial Of(SectionSets authority, ZoneState.Trusted zone, SetVerifier verifier, WorkBudget budget)
    {
        var proven = new List<RecordSet>();
        var (ttl, fault) = (uint.MaxValue, (ExtendedDnsError?)null);
        foreach (var set in authority.OfType(DnssecTypes.Nsec).Concat(authority.OfType(DnssecTypes.Nsec3)).Where(set => set.Signatures.Any(one => one.Signer.Equals(zone.Zone))).Take(MaxSets))
        {
            switch (verifier.Verify(set, zone.Zone, zone.Keys, budget))
            {
                // RFC 4035 §5.4: one that a wildcard made says nothing of the name it was made for.
                case SetVerdict.Secure { Encloser: null } secure:
                    proven.Add(set);
                    ttl = Math.Min(ttl, secure.Ttl);
                    break;
                case SetVerdict.Refused refused:
                    fault ??= refused.Error;
                    break;
            }
        }
        return new(proven, ttl, fault);
    }
}
