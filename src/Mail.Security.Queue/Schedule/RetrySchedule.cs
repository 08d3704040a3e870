namespace Mail.Security.Queue;

/// <summary>When a message is tried again, when its sender is told of a delay, and when it is given up (RFC 5321 §4.5.4.1).</summary>
/// <remarks>Pure arithmetic: the same questions always have the same answers, so that what a notice promises is what the queue does.</remarks>
public sealed record RetrySchedule
{
    private readonly IReadOnlyList<TimeSpan> _delays =
        [TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4)];
    private readonly TimeSpan _lifetime = TimeSpan.FromDays(5);
    private readonly TimeSpan? _delayNoticeAfter = TimeSpan.FromHours(4);
    private readonly double _jitter = 0.1;

    // What is longer is a mistake; without a limit the sum of an instant and a time could be no instant.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>15 and 30 minutes, 1, 2, then every 4 hours; a notice of delay after 4 hours; given up after 5 days.</summary>
    public static RetrySchedule Default { get; } = new();

    /// <summary>The pause after the first failed attempt, the second, and so on; the last one repeats. At least one, each longer than zero and at most 366 days.</summary>
    public IReadOnlyList<TimeSpan> Delays
    {
        get => _delays;
        init => _delays = value.Count > 0 && value.All(delay => delay > TimeSpan.Zero && delay <= Longest) ? [.. value] : throw new ArgumentException("A schedule needs at least one delay, each longer than zero and at most 366 days.", nameof(value));
    }

    /// <summary>How long after its acceptance a message is given up; an attempt is made at that instant before it is. At most 366 days.</summary>
    public TimeSpan Lifetime
    {
        get => _lifetime;
        init => _lifetime = value > TimeSpan.Zero && value <= Longest ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>How long after its acceptance the sender is told that a message is still waiting, once; null never. At most 366 days.</summary>
    public TimeSpan? DelayNoticeAfter
    {
        get => _delayNoticeAfter;
        init => _delayNoticeAfter = value is null || (value > TimeSpan.Zero && value <= Longest) ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>By which part a pause may be longer or shorter, so that what failed together is not tried together: 0 to 0.5.</summary>
    public double Jitter
    {
        get => _jitter;
        init => _jitter = value is >= 0 and <= 0.5 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>The pause after an attempt, without jitter.</summary>
    /// <param name="attempt">The number of the attempt, from 1.</param>
    /// <returns>The pause.</returns>
    public TimeSpan DelayAfter(int attempt) => Delays[Math.Clamp(attempt, 1, Delays.Count) - 1];

    /// <summary>When the attempt after a failed one is to be made.</summary>
    /// <remarks>An attempt is never put past the instant of the delay notice or of the end of the lifetime: it is made at that instant instead, so that what the sender is told is fresh.</remarks>
    /// <param name="received">When the message was accepted.</param>
    /// <param name="now">When the attempt failed.</param>
    /// <param name="attempt">The number of the failed attempt, from 1.</param>
    /// <param name="chance">Where in the range of the jitter: 0 shortest, 0.5 none, 1 longest.</param>
    /// <returns>The instant, after <paramref name="now"/>; null when the lifetime is over.</returns>
    public DateTimeOffset? NextAttempt(DateTimeOffset received, DateTimeOffset now, int attempt, double chance = 0.5)
    {
        var expiry = Expiry(received);
        if (now >= expiry)
            return null;
        var next = now + DelayAfter(attempt) * (1 + Jitter * (2 * Math.Clamp(chance, 0, 1) - 1));
        if (DelayNoticeAfter is { } notice && now < received + notice && next > received + notice)
            next = received + notice;
        return next < expiry ? next : expiry;
    }

    /// <summary>When a message is given up.</summary>
    /// <param name="received">When it was accepted.</param>
    /// <returns>The instant.</returns>
    public DateTimeOffset Expiry(DateTimeOffset received) => received + Lifetime;

    /// <summary>Whether the sender is to be told of the delay if an attempt fails now.</summary>
    /// <param name="received">When the message was accepted.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>True from the instant of the notice to the end of the lifetime.</returns>
    public bool IsNoticeDue(DateTimeOffset received, DateTimeOffset now) =>
        DelayNoticeAfter is { } after && now >= received + after && now < Expiry(received);

    /// <summary>The attempts that follow if every one of them fails, without jitter, the last one at the end of the lifetime.</summary>
    /// <param name="received">When the message was accepted.</param>
    /// <param name="next">When the next attempt is due.</param>
    /// <param name="attempt">The number of the attempts made so far, from 1.</param>
    /// <returns>The instants in order, beginning with <paramref name="next"/>.</returns>
    public IEnumerable<DateTimeOffset> Upcoming(DateTimeOffset received, DateTimeOffset next, int attempt)
    {
        for (DateTimeOffset? at = next; at is { } instant; at = NextAttempt(received, instant, ++attempt))
            yield return instant;
    }
}
