namespace Mail.Security.Transports;

/// <summary>How a proxy of a pool fared so far.</summary>
public sealed record ProxyStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its share among the healthy ones.</summary>
    public required int Weight { get; init; }

    /// <summary>Whether it is used.</summary>
    public required ProxyState State { get; init; }

    /// <summary>How much longer it is left out; zero when it is not.</summary>
    public required TimeSpan LeftOutFor { get; init; }

    /// <summary>Connections made through it.</summary>
    public required long Connected { get; init; }

    /// <summary>Failures that are the proxy's own.</summary>
    public required long ProxyFailures { get; init; }

    /// <summary>Failures of servers that were dialed through it.</summary>
    public required long TargetFailures { get; init; }

    /// <summary>Failures of which it cannot be told whose they are.</summary>
    public required long UnclearFailures { get; init; }

    /// <summary>The last failure for which it was left out; null for none.</summary>
    public DialResult.Failed? LastFailure { get; init; }

    /// <summary>When that was; null for never.</summary>
    public DateTimeOffset? LastFailed { get; init; }
}
