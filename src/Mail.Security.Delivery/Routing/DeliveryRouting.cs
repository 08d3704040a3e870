namespace Mail.Security.Delivery;

/// <summary>The routes in force, and what they are asked with. One object for the agent, the queue's administration and whoever reloads.</summary>
/// <remarks>Safe for concurrent use: an attempt goes on with the routes it began with.</remarks>
public sealed class DeliveryRouting
{
    private volatile DeliveryRoutes _current;

    /// <summary>Puts routes in force.</summary>
    /// <param name="routes">The routes; null for <see cref="DeliveryRoutes.Default"/>.</param>
    /// <param name="knowledge">What is known of domains; null for a store that forgets with the process.</param>
    public DeliveryRouting(DeliveryRoutes? routes = null, IDomainKnowledgeStore? knowledge = null) =>
        (_current, Knowledge) = (routes ?? DeliveryRoutes.Default, knowledge ?? new InMemoryDomainKnowledgeStore());

    /// <summary>The routes in force.</summary>
    public DeliveryRoutes Current => _current;

    /// <summary>What is known of domains.</summary>
    public IDomainKnowledgeStore Knowledge { get; }

    /// <summary>Puts other routes in force, from the next attempt on.</summary>
    /// <param name="routes">The routes.</param>
    public void Replace(DeliveryRoutes routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        _current = routes;
    }
}
