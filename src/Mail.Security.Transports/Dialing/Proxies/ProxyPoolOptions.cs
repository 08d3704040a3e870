namespace Mail.Security.Transports;

/// <summary>How <see cref="ProxyPool"/> judges its proxies.</summary>
public sealed class ProxyPoolOptions
{
    /// <summary>The name of the pool; failures and connections are told under that of the proxy. Default "pool"; not empty.</summary>
    public string Name { get; set; } = "pool";

    /// <summary>How long a proxy is left out after its first failure; each failure in a row doubles it. Default 30 seconds; positive, at most a day.</summary>
    public TimeSpan BackOff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time a proxy is left out. Default 15 minutes; at least <see cref="BackOff"/>, at most a day.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How many outcomes in a row that may be the proxy's fault or the server's (<see cref="DialBlame.Unclear"/>) count as one failure of the
    /// proxy. Default 5; at least 1. Any clear answer in between begins the count anew.
    /// </summary>
    public int UnclearLimit { get; set; } = 5;

    internal ProxyPoolOptions CheckedCopy()
    {
        var copy = (ProxyPoolOptions)MemberwiseClone();
        ArgumentException.ThrowIfNullOrWhiteSpace(copy.Name, nameof(Name));
        if (copy.BackOff <= TimeSpan.Zero || copy.BackOff > SmtpTimeouts.Longest)
            throw new ArgumentException("The back-off must be positive and at most a day.", nameof(BackOff));
        if (copy.MaxBackOff < copy.BackOff || copy.MaxBackOff > SmtpTimeouts.Longest)
            throw new ArgumentException("The longest back-off must be at least the first and at most a day.", nameof(MaxBackOff));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.UnclearLimit, 1, nameof(UnclearLimit));
        return copy;
    }
}
