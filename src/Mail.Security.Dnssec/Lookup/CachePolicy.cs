namespace Mail.Security.Dnssec;

/// <summary>How long what may be kept.</summary>
internal sealed record CachePolicy(TimeSpan MaxTtl, TimeSpan MaxNegativeTtl, TimeSpan FailureTtl, TimeSpan BogusTtl, int MaxAliases)
{
    public static CachePolicy Of(DnssecResolverOptions options) => new(options.MaxTtl, options.MaxNegativeTtl, options.FailureTtl, options.BogusTtl, options.MaxAliases);

    public TimeSpan Positive(uint seconds) => Min(TimeSpan.FromSeconds(seconds), MaxTtl);

    public TimeSpan Negative(uint seconds) => Min(TimeSpan.FromSeconds(seconds), MaxNegativeTtl);

    /// <summary>Only what a server said is kept: a server that was silent or out of reach may be back at once.</summary>
    public TimeSpan Failure(DnsFailure reason) => reason switch
    {
        DnsFailure.Bogus => BogusTtl,
        DnsFailure.Timeout or DnsFailure.Network or DnsFailure.Mismatched or DnsFailure.Unspecified => TimeSpan.Zero,
        _ => FailureTtl,
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
