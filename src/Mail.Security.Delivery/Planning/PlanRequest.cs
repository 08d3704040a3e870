namespace Mail.Security.Delivery;

/// <summary>What a plan is asked for.</summary>
public sealed record PlanRequest
{
    /// <summary>The recipient domain; not empty.</summary>
    public required RecipientDomain Domain { get; init; }

    /// <summary>What the sender demands of transport security.</summary>
    public TlsDemand Demand { get; init; }

    /// <summary>The transport. Default: to the domain's own mail exchangers.</summary>
    public TransportDefinition Transport { get; init; } = new TransportDefinition.Direct();

    /// <summary>What the operator demands of the domain's own mail exchangers.</summary>
    public DestinationPolicy Destination { get; init; } = DestinationPolicy.None;

    /// <summary>The MX lookup of the domain, where the route needed it already.</summary>
    internal ExchangerLookup? Exchangers { get; init; }
}
