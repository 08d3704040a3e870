namespace Mail.Security.Delivery;

/// <summary>The result of one attempt.</summary>
public sealed record AttemptReport
{
    /// <summary>When the attempt began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>One report for each recipient of the request, in its order.</summary>
    public required IReadOnlyList<RecipientReport> Recipients { get; init; }

    /// <summary>
    /// When there is a turn for the message, where the limits of its destination or of the pool, or the pause after a failed login, left none and nothing was tried
    /// (<see cref="DestinationPolicy.Rate"/>, <see cref="DestinationPolicy.MaxConnections"/>, <see cref="Transports.SmtpSessionPoolOptions"/>, <see cref="DeliveryOptions.LoginPause"/>);
    /// every recipient is transient then, and no attempt need be counted. Null otherwise.
    /// </summary>
    public DateTimeOffset? PostponedUntil { get; init; }

    /// <summary>Why it came to this; the same object feeds log, trace and notices.</summary>
    public required AttemptExplanation Explanation { get; init; }
}
