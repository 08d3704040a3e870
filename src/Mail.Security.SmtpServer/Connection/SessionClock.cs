namespace Mail.Security.SmtpServer;

/// <summary>What cancelled the token of a <see cref="SessionClock"/>.</summary>
internal enum ClockCause : byte
{
    None,
    Limit,
    ShutdownGrace,
    Abort,
}

/// <summary>
/// The one deadline of a session. It is set before each wait and lifted after it; when it passes, the token is cancelled for good,
/// because nothing of the session can go on but its closing words.
/// </summary>
/// <remarks>
/// Waits are many and nearly all end long before their limit, so the timer is not set for each of them: one that fires before the
/// deadline of the wait that is on then is set again, and one that fires while no wait is on stays off until the next.
/// </remarks>
internal sealed class SessionClock : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _expired = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _aborting;
    private long _due = Never;
    private long _closing = Never;
    private long _firesAt = Never;
    private volatile ClockCause _cause;

    /// <param name="time">The clock.</param>
    /// <param name="abort">Ends every wait at once.</param>
    public SessionClock(TimeProvider time, CancellationToken abort)
    {
        (_time, Aborted) = (time, abort);
        _timer = time.CreateTimer(static state => ((SessionClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _aborting = abort.UnsafeRegister(static state => ((SessionClock)state!).Expire(ClockCause.Abort), this);
    }

    /// <summary>Cancelled when the time of a wait is over, and when the session is aborted.</summary>
    public CancellationToken Token => _expired.Token;

    /// <summary>Cancelled when the session is aborted: for what is done after the time is over.</summary>
    public CancellationToken Aborted { get; }

    public ClockCause Cause => _cause;

    /// <summary>Lets the next wait last this long, or less when the grace of a shutdown ends before.</summary>
    public void Arm(TimeSpan limit)
    {
        var due = After(limit);
        lock (_gate)
        {
            _due = Math.Min(due, _closing);
            if (_due < _firesAt)
                SetTimer(_due);
        }
    }

    /// <summary>No wait is on.</summary>
    public void Disarm()
    {
        lock (_gate)
        {
            _due = Never;
        }
    }

    /// <summary>From now on no wait outlasts <paramref name="grace"/>.</summary>
    public void BeginShutdown(TimeSpan grace)
    {
        lock (_gate)
        {
            _closing = After(grace);
            if (_due == Never)
                return;
            _due = Math.Min(_due, _closing);
            if (_due < _firesAt)
                SetTimer(_due);
        }
    }

    public void Dispose()
    {
        _aborting.Dispose();
        Disarm();
        _timer.Dispose();
        // The source of the token is not disposed: a timer's callback may be under way, and what it threw would end the process. The
        // source has no timer and no handle of its own, so there is nothing in it to release.
    }

    private void SetTimer(long due)
    {
        _firesAt = due;
        // Timers count whole milliseconds: rounded up, so that they do not fire just before the time.
        var wait = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, wait)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        ClockCause cause;
        lock (_gate)
        {
            _firesAt = Never;
            if (_due == Never)
                return;
            if (_time.GetTimestamp() < _due)
            {
                SetTimer(_due);
                return;
            }
            cause = _due == _closing ? ClockCause.ShutdownGrace : ClockCause.Limit;
        }
        Expire(cause);
    }

    private void Expire(ClockCause cause)
    {
        lock (_gate)
        {
            if (_cause != ClockCause.None)
                return;
            _cause = cause;
        }
        _expired.Cancel();
    }

    // A limit beyond what a timer can hold (24 days and more) is no limit in practice; it is cut to a day.
    private long After(TimeSpan limit) =>
        _time.GetTimestamp() + (long)(Math.Min(limit.TotalSeconds, TimeSpan.FromDays(1).TotalSeconds) * _time.TimestampFrequency);
}
