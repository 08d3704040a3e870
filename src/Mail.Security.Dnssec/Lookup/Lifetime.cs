namespace Mail.Security.Dnssec;

/// <summary>Since when something is kept, by <see cref="TimeProvider.GetTimestamp"/>, and for how long from then on.</summary>
internal sealed record Lifetime(long Since, TimeSpan Keep);
