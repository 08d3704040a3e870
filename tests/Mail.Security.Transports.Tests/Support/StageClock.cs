namespace Mail.Security.Transports.Tests;

/// <summary>A clock on which time stands still but for the limits a test declares over: each stage of a session has a limit of its own length.</summary>
internal sealed class StageClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<TimeSpan> _over = [];
    private readonly List<StageTimer> _timers = [];
    private readonly List<TimeSpan> _begun = [];
    private long _now;

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
        Authentication = TimeSpan.FromSeconds(110),
    };

    /// <summary>How many waits of this limit there have been.</summary>
    public int Count(TimeSpan limit)
    {
        lock (_lock)
            return _begun.Count(one => one == limit);
    }

    /// <summary>Ends every wait of this limit: those that stand and those to come.</summary>
    public void Expire(TimeSpan limit)
    {
        lock (_lock)
        {
            _over.Add(limit);
            foreach (var timer in _timers.Where(timer => timer.Due == limit))
                Fire(timer);
        }
    }

    /// <summary>Ends every wait of this limit of the connections that are there: those that stand and those to come. A connection made later is not meant.</summary>
    public void ExpireOfThese(TimeSpan limit)
    {
        lock (_lock)
        {
            foreach (var timer in _timers)
            {
                timer.Over.Add(limit);
                if (timer.Due == limit)
                    Fire(timer);
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StageTimer(this, () => callback(state));
        lock (_lock)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Begin(StageTimer timer, TimeSpan limit)
    {
        lock (_lock)
        {
            timer.Due = limit;
            _begun.Add(limit);
            if (_over.Contains(limit) || timer.Over.Contains(limit))
                Fire(timer);
        }
    }

    private void Fire(StageTimer timer)
    {
        _now += timer.Due.Ticks;
        ThreadPool.QueueUserWorkItem(_ => timer.Fire());
    }

    private sealed class StageTimer(StageClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; set; }

        public HashSet<TimeSpan> Over { get; } = [];

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Begin(this, dueTime);
            return true;
        }

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
