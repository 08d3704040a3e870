namespace Mail.Security.Delivery;

/// <summary>The way to one recipient domain: what was learned of it, and then its hosts one by one.</summary>
public sealed record DeliveryPlan
{
    /// <summary>The lookups that led to the hosts.</summary>
    public required IReadOnlyList<DnsFinding> Lookups { get; init; }

    /// <summary>The MTA-STS policy with its version and age, or why there is none, in one sentence.</summary>
    public required string MtaSts { get; init; }

    /// <summary>What to do, step by step. A host is looked up when its step is asked for; enumerate once.</summary>
    public required IAsyncEnumerable<PlanStep> Steps { get; init; }
}
