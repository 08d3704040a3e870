namespace Mail.Security.Queue;

/// <summary>How a queue is worked off.</summary>
public sealed class QueueOptions
{
    /// <summary>The name of this host in notices: their Reporting-MTA and the domain of their sender (RFC 3464 §2.2.2). Must be set.</summary>
    public DomainName ReportingHost { get; set; }

    /// <summary>How many deliveries run at the same time, each to another domain. 20 unless told; 1 to 1000.</summary>
    public int MaxConcurrency { get; set; } = 20;

    /// <summary>How long a lease holds. It is renewed at a third of that while its attempt runs; after a crash nobody takes the work over before it ends. 2 minutes unless told; 1 second to 1 day.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a clean stop waits for running deliveries before it cancels them. 30 seconds unless told; zero or more.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the store is asked for work that nobody announced, such as another process's. 1 minute unless told; at least 1 millisecond.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause after the store was unavailable; the first is 1 second and each further one twice as long. 1 minute unless told; at least 1 millisecond.</summary>
    public TimeSpan MaxStoreBackoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Names this scheduler among all that work on the same store. Random unless told.</summary>
    public string Owner { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";

    internal QueueOptions Copy() => (QueueOptions)MemberwiseClone();

    internal void Validate()
    {
        if (ReportingHost.IsEmpty)
            throw new ArgumentException("The reporting host must be set.", nameof(ReportingHost));
        if (MaxConcurrency is < 1 or > 1000)
            throw new ArgumentException("The concurrency must be 1 to 1000.", nameof(MaxConcurrency));
        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration > TimeSpan.FromDays(1))
            throw new ArgumentException("The lease duration must be 1 second to 1 day.", nameof(LeaseDuration));
        if (StopTimeout < TimeSpan.Zero || StopTimeout > TimeSpan.FromDays(1))
            throw new ArgumentException("The stop timeout must be 0 to 1 day.", nameof(StopTimeout));
        if (PollInterval < TimeSpan.FromMilliseconds(1) || MaxStoreBackoff < TimeSpan.FromMilliseconds(1))
            throw new ArgumentException("The poll interval and the backoff must be at least 1 millisecond.", nameof(PollInterval));
        if (string.IsNullOrWhiteSpace(Owner))
            throw new ArgumentException("The owner must be named.", nameof(Owner));
    }
}
