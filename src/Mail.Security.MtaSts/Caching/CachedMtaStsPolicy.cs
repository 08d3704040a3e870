namespace Mail.Security.MtaSts;

/// <summary>A policy as a store keeps it.</summary>
/// <param name="Domain">The policy domain, the key of the entry.</param>
/// <param name="PolicyId">The version that the domain's record named when the policy was fetched.</param>
/// <param name="Policy">The policy; a persistent store keeps <see cref="MtaStsPolicy.Text"/>.</param>
/// <param name="Fetched">When it was fetched.</param>
public sealed record CachedMtaStsPolicy(RecipientDomain Domain, string PolicyId, MtaStsPolicy Policy, DateTimeOffset Fetched)
{
    /// <summary>The moment from which the policy must no longer be applied: the fetch and its max_age (RFC 8461 §5.1).</summary>
    public DateTimeOffset Expires => Fetched + Policy.MaxAge;
}
