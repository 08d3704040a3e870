namespace Mail.Security.Transports.Tests;

/// <summary>A clock on which time stands still but for the limits a test declares over: each stage of a session has a limit of its own length.</summary>
internal sealed class StageClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<TimeSpan> _over = [];
    private readonly List<StageTimer> _timers = [];
    private readonly List<TimeSpan> _created = [];

    /// <summary>Every limit of a different length, so that its timer tells the stage.</summary>
    public static SmtpTimeouts Limits { get; } = new()
    {
        Greeting = TimeSpan.FromSeconds(101),
        Command = TimeSpan.FromSeconds(102),
        TlsHandshake = TimeSpan.FromSeconds(103),
        Mail = TimeSpan.FromSeconds(104),
        Recipient = TimeSpan.FromSeconds(105),
        DataInitiation = TimeSpan.FromSeconds(106),
        DataBlock = TimeSpan.FromSeconds(107),
        DataTermination = TimeSpan.FromSeconds(108),
        Quit = TimeSpan.FromSeconds(109),
    };

    /// <summary>How many waits of this limit there have been.</summary>
    public int Count(TimeSpan limit)
    {
        lock (_lock)
            return _created.Count(one => one == limit);
    }

    /// <summary>Ends every wait of this limit: those that stand and those to come.</summary>
    public void Expire(TimeSpan limit)
    {
        StageTimer[] due;
        lock (_lock)
        {
            _over.Add(limit);
            due = [.. _timers.Where(timer => timer.Due == limit)];
        }
        foreach (var timer in due)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StageTimer(this, () => callback(state), dueTime);
        lock (_lock)
        {
            _timers.Add(timer);
            _created.Add(dueTime);
            if (_over.Contains(dueTime))
                timer.Fire();
        }
        return timer;
    }

    private sealed class StageTimer(StageClock clock, Action fire, TimeSpan due) : ITimer
    {
        public TimeSpan Due => due;

        public void Fire() => ThreadPool.QueueUserWorkItem(_ => fire());

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
