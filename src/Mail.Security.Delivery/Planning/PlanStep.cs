namespace Mail.Security.Delivery;

/// <summary>What to do next in an attempt. A closed set of cases, produced one by one as they are needed.</summary>
public abstract record PlanStep
{
    private protected PlanStep()
    {
    }

    /// <summary>Try this host.</summary>
    /// <param name="Plan">How.</param>
    public sealed record TryHost(HostPlan Plan) : PlanStep;

    /// <summary>Do not dial this host; go on with the next.</summary>
    /// <param name="Why">The reason: the attempt's own when every host is passed over.</param>
    /// <param name="Explanation">What was learned of the host.</param>
    public sealed record SkipHost(DeliveryFailure Why, HostExplanation Explanation) : PlanStep;

    /// <summary>There is no host to try, or none any more; nothing follows.</summary>
    /// <param name="Why">The reason.</param>
    public sealed record GiveUp(DeliveryFailure Why) : PlanStep;
}
