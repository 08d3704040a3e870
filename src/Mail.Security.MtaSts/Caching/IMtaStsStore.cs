namespace Mail.Security.MtaSts;

/// <summary>Keeps the last policy fetched of each domain, one per domain.</summary>
/// <remarks>
/// A store that outlives the process is what protects against someone who suppresses the record or the policy host
/// (RFC 8461 §10.2). A store need not drop expired entries at once: the resolver looks at <see cref="CachedMtaStsPolicy.Expires"/>.
/// Implementations are called from several threads at once. What they throw reaches the caller of the resolver: it must
/// not be taken for "no policy".
/// </remarks>
public interface IMtaStsStore
{
    /// <summary>Returns the entry of a domain, expired or not; null when there is none.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<CachedMtaStsPolicy?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default);

    /// <summary>Keeps an entry in place of the domain's former one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SetAsync(CachedMtaStsPolicy entry, CancellationToken cancellationToken = default);

    /// <summary>Forgets the entry of a domain; nothing happens when there is none.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RemoveAsync(RecipientDomain domain, CancellationToken cancellationToken = default);
}
