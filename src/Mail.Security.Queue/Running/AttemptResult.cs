using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>What is known after an attempt: a report, or the fault that took its place.</summary>
internal sealed record AttemptResult(DateTimeOffset Began, IReadOnlyList<RecipientReport> Recipients, string Explanation);
