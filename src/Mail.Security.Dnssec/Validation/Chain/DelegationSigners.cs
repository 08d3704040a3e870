using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>The DS records of a zone, or its trust anchors: which of them can be used, and which keys they vouch for.</summary>
internal static class DelegationSigners
{
    /// <summary>Those whose digest and algorithm are known here; without SHA-1 where a stronger digest stands beside it.</summary>
    public static IReadOnlyList<DsData> Usable(IReadOnlyList<DsData> records, Sha1Use sha1)
    {
        var known = records.Where(record => record.HasKnownDigest && SigningAlgorithms.IsKnown(record.Algorithm, sha1)).ToList();
        // A digest that can be forged must not stand in for one that cannot.
        return known.Exists(static record => !record.IsWeak) ? known.FindAll(static record => !record.IsWeak) : known;
    }

    /// <summary>Why none can be used (RFC 4035 §5.2, RFC 6840 §5.2): such a zone is insecure, not bogus.</summary>
    public static ExtendedDnsError WhyUnusable(CanonicalName zone, IReadOnlyList<DsData> records) => records.Any(static record => record.HasKnownDigest)
        ? new(1, $"zone {zone} is signed by {string.Join(", ", records.Select(static record => SigningAlgorithms.Name(record.Algorithm)).Distinct())} only")
        : new(2, string.Create(CultureInfo.InvariantCulture, $"the DS records of zone {zone} have digests of type {string.Join(", ", records.Select(static record => record.DigestType).Distinct())} only"));

    /// <summary>The keys that a record vouches for, within the budget.</summary>
    public static IReadOnlyList<DnsKeyData> KeysOf(CanonicalName zone, IReadOnlyList<DsData> records, IReadOnlyList<DnsKeyData> keys, WorkBudget budget)
    {
        var vouched = new List<DnsKeyData>();
        foreach (var key in keys)
        {
            if (key is { IsZoneKey: true, IsRevoked: false }
                && records.Any(record => record.Tag == key.Tag && record.Algorithm == key.Algorithm && budget.TrySpendSignature() && record.Fits(zone, key)))
            {
                vouched.Add(key);
            }
        }
        return vouched;
    }
}
