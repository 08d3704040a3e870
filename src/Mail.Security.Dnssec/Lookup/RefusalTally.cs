namespace Mail.Security.Dnssec;

/// <summary>Counts what was found to be bogus, and so tells how long that is kept (RFC 4035 §4.7). Not for use by several callers at once.</summary>
/// <remarks>
/// One refusal may be passing, or the work of somebody who wants it to be kept: it is kept just long enough for those who ask at the same moment. What is refused a second
/// time is kept for the whole time, so that a zone that is out of order costs little.
/// </remarks>
internal sealed class RefusalTally<TKey>(DnssecResolverOptions options, TimeProvider time)
    where TKey : notnull
{
    private static readonly TimeSpan FirstTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly BoundedCache<TKey, object> _seen = new(Math.Max(options.CacheEntries, 256), time);

    /// <summary>Counts a refusal.</summary>
    /// <returns>How long it is kept.</returns>
    public TimeSpan Count(TKey key)
    {
        var isFirst = !_seen.TryGet(key, out _);
        _seen.Put(key, this, time.GetTimestamp(), Memory);
        return isFirst && options.BogusTtl > FirstTime ? FirstTime : options.BogusTtl;
    }
}
