using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Digest algorithm agility (RFC 7671 §9): weaker digests published for the same thing are not looked at.</summary>
internal static class DigestAgility
{
    /// <summary>Of usable records, per usage and selector: those with the data in full and those with the strongest digest.</summary>
    public static TlsaRecord[] Select(IEnumerable<TlsaRecord> usable) =>
        [.. usable.Distinct().GroupBy(static record => (record.Usage, record.Selector)).SelectMany(static group =>
        {
            // SHA2-512 before SHA2-256, as in the example of RFC 7671 §9; Full(0) employs no digest and always stays.
            var strongest = group.Max(static record => record.Matching);
            return group.Where(record => record.Matching == TlsaMatching.Full || record.Matching == strongest);
        })];
}
