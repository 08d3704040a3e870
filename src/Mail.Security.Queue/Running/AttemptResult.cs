using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>What is known after an attempt: a report, or the fault that took its place.</summary>
internal sealed record AttemptResult(DateTimeOffset Began, IReadOnlyList<RecipientReport> Recipients, string Explanation)
{
    /// <summary>When there is a turn for the message, where there was none and nothing was tried; null otherwise.</summary>
    public DateTimeOffset? PostponedUntil { get; init; }
}
