namespace Mail.Security.Dnssec;

/// <summary>When the keys of a trust point are looked at next (RFC 5011 §2.3).</summary>
internal static class RolloverTimes
{
    private static readonly TimeSpan Least = TimeSpan.FromHours(1);
    private static readonly TimeSpan Most = TimeSpan.FromDays(15);
    private static readonly TimeSpan MostAfterFailure = TimeSpan.FromDays(1);

    /// <summary>After keys that were signed for.</summary>
    public static TimeSpan Query(TimeSpan ttl, TimeSpan expires) => Within(Most, ttl / 2, expires / 2);

    /// <summary>After a failure, given what was seen last; zero for nothing.</summary>
    public static TimeSpan Retry(TimeSpan ttl, TimeSpan expires) => Within(MostAfterFailure, ttl / 10, expires / 10);

    private static TimeSpan Within(TimeSpan most, TimeSpan one, TimeSpan other)
    {
        var least = one < other ? one : other;
        least = least < most ? least : most;
        return least > Least ? least : Least;
    }
}
