namespace Mail.Security.Transports;

/// <summary>How many sessions are held, and how long. Read once, when the pool is made.</summary>
public sealed class SmtpSessionPoolOptions
{
    /// <summary>The most sessions with one host and port, those in use and those idle, whatever their security. Default 10; at least 1.</summary>
    public int MaxSessionsPerHost { get; set; } = 10;

    /// <summary>The most sessions in all. Default 500; at least 1.</summary>
    public int MaxSessions { get; set; } = 500;

    /// <summary>The most transactions on one session, unless the server allows less (MAILMAX of LIMITS, RFC 9422). Default 100; 1 uses no session again.</summary>
    public int MaxTransactions { get; set; } = 100;

    /// <summary>How long a session may be idle. Default 30 seconds: servers hang up on who is silent, and keep a process for him until then. Positive, at most a day.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after its opening a session may begin another transaction. Default 5 minutes: what the verifier said of the server is not believed for longer. A
    /// certificate that was valid then and ends before ends the session too. Positive, at most a day.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a caller waits for a place. Default 5 seconds: while a delivery waits, it keeps a worker of its queue from the mail for other hosts. Positive, at most a day.</summary>
    public TimeSpan WaitTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the goodbye to a server may take in all, beside the limits of the session. Default 5 seconds. Positive, at most a day.</summary>
    public TimeSpan GoodbyeTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Options of a pool that uses no session again and has no limits: each session ends with its first user.</summary>
    public static SmtpSessionPoolOptions NoReuse => new() { MaxTransactions = 1, MaxSessionsPerHost = int.MaxValue, MaxSessions = int.MaxValue };

    /// <summary>What is out of its range; nothing when the options can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxSessionsPerHost < 1)
            yield return $"{nameof(MaxSessionsPerHost)} must be at least 1.";
        if (MaxSessions < 1)
            yield return $"{nameof(MaxSessions)} must be at least 1.";
        if (MaxTransactions < 1)
            yield return $"{nameof(MaxTransactions)} must be at least 1.";
        foreach (var (name, time) in ((string, TimeSpan)[])[(nameof(IdleTime), IdleTime), (nameof(MaxAge), MaxAge), (nameof(WaitTime), WaitTime), (nameof(GoodbyeTime), GoodbyeTime)])
        {
            if (time <= TimeSpan.Zero || time > SmtpTimeouts.Longest)
                yield return $"{name} must be positive and at most a day.";
        }
    }

    // What is used is what was checked.
    internal SmtpSessionPoolOptions CheckedCopy()
    {
        var copy = (SmtpSessionPoolOptions)MemberwiseClone();
        return copy.Problems().FirstOrDefault() is { } problem ? throw new ArgumentException(problem) : copy;
    }
}
