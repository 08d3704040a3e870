namespace Mail.Security.Queue;

/// <summary>A scheduler's request for work.</summary>
public sealed record LeaseRequest
{
    /// <summary>Who asks: unique among everything that works on the same store at the same time.</summary>
    public required string Owner { get; init; }

    /// <summary>The present instant: what is due then is given out.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How long the leases hold unless they are renewed.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The most leases to give; at least 1.</summary>
    public required int Max { get; init; }

    /// <summary>
    /// When the attempt counted from 1 is to be followed by the next one if its result is never recorded. A store writes it together with the
    /// lease, that is before anyone dials, so that a process that dies in every attempt does not hammer a host.
    /// </summary>
    public required Func<int, DateTimeOffset> ProvisionalRetry { get; init; }

    /// <summary>Domains of which nothing is wanted, because a delivery to them is running.</summary>
    public IReadOnlyCollection<RecipientDomain> BusyDomains { get; init; } = [];
}
