namespace Mail.Security.Dnssec;

/// <summary>One CNAME that was followed on the way to an answer.</summary>
/// <param name="Owner">The name that has the CNAME record.</param>
/// <param name="Target">The name it points to.</param>
public sealed record AliasHop(DomainName Owner, DomainName Target);
