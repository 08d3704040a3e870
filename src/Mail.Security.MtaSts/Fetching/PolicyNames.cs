namespace Mail.Security.MtaSts;

/// <summary>The two names that a policy domain lends its name to (RFC 8461 §3.1, §3.2).</summary>
internal static class PolicyNames
{
    private const int LongestName = 253;

    /// <summary>The owner of the TXT record, or null when the name would be too long for the DNS.</summary>
    public static DomainName? TryGetRecordOwner(RecipientDomain domain) => Prepend(MtaStsRecord.Label, domain);

    /// <summary>The policy host, or null when the name would be too long for the DNS.</summary>
    public static DomainName? TryGetHost(RecipientDomain domain) => Prepend("mta-sts", domain);

    private static DomainName? Prepend(string label, RecipientDomain domain) =>
        domain.Name.IsEmpty || domain.Name.Ascii.Length + label.Length + 1 > LongestName ? null : domain.Name.Prepend(label);
}
