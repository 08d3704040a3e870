namespace Mail.Security.Delivery;

/// <summary>Remembers what attempts showed of domains, for routes that ask for it.</summary>
/// <remarks>What it holds are hints: trouble with the medium is never an exception; what cannot be read is not known, and what cannot be written is forgotten. Safe for concurrent use.</remarks>
public interface IDomainKnowledgeStore
{
    /// <summary>Reads what is known.</summary>
    /// <param name="domain">The recipient domain.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was set last; null for nothing.</returns>
    ValueTask<DomainKnowledge?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default);

    /// <summary>Replaces what is known.</summary>
    /// <param name="domain">The recipient domain.</param>
    /// <param name="knowledge">What an attempt showed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when it is kept, or forgotten.</returns>
    ValueTask SetAsync(RecipientDomain domain, DomainKnowledge knowledge, CancellationToken cancellationToken = default);
}
