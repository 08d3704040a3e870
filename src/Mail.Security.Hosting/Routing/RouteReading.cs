using Mail.Security.Delivery;

namespace Mail.Security.Hosting;

/// <summary>What a configuration says of transports, routes and destinations. A closed set of cases.</summary>
public abstract record RouteReading
{
    private protected RouteReading()
    {
    }

    /// <summary>Everything in it fits together.</summary>
    /// <param name="Routes">The routes.</param>
    public sealed record Usable(DeliveryRoutes Routes) : RouteReading;

    /// <summary>Something is wrong, and nothing of it is used.</summary>
    /// <param name="Problems">Every problem, with its key; at least one. No secret is in them.</param>
    public sealed record Unusable(IReadOnlyList<RoutingProblem> Problems) : RouteReading;
}
