namespace Mail.Security.Queue;

/// <summary>The result of the attempt a lease was given for, and what is to happen next.</summary>
public sealed record LeaseCompletion
{
    /// <summary>One entry for each recipient the attempt decided; a recipient of the lease that is missing here stays open.</summary>
    public required IReadOnlyList<RecipientCompletion> Recipients { get; init; }

    /// <summary>When the recipients that stay open are due again.</summary>
    public required DateTimeOffset RetryAt { get; init; }

    /// <summary>Whether the sender has been told of the delay, the notice queued with this completion included.</summary>
    public DelayNotice DelayNotice { get; init; }

    /// <summary>The explanation of the attempt, kept for the operator as long as a recipient is open.</summary>
    public string Explanation { get; init; } = string.Empty;
}
