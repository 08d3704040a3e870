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
/// deadline of the wait that is on then is set again, and one that fires while no wait is on stays off until the next. Calls of the handler are more
/// still, and nearly all return at once: the clock is read for the first of those between two waits, and one of the later ones that lasts is told from
/// those before it by its number, when the timer fires. Its limit is exact for the first, and up to twice as long for the others.
/// </remarks>
internal sealed class SessionClock : IDisposable
{
    private const long Never = long.MaxValue;
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _expired = new();
    private CancellationTokenSource? _late;     // what only a message needs, an idle connection does not hold
    private ITimer? _lateTimer;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _aborting;
    private readonly CancellationTokenRegistration _closes;
    private readonly TimeSpan _grace;
    private long _due = Never;
    private long _closing = Never;
    private long _firesAt = Never;
    private long _lifted = Never;               // when the last wait ended; calls behind it count from there
    private TimeSpan _callLimit;
    private int _calls;                         // odd while one is on
    private int _callSeen;
    private bool _watchesCalls;
    private bool _idle;
    private volatile ClockCause _cause;

    /// <param name="time">The clock.</param>
    /// <param name="grace">The time to come to an end in a shutdown.</param>
    /// <param name="abort">Ends every wait at once.</param>
    /// <param name="shutdown">Ends every wait between two transactions at once, and any other when <paramref name="grace"/> has passed.</param>
    public SessionClock(TimeProvider time, TimeSpan grace, CancellationToken abort, CancellationToken shutdown)
    {
        (_time, Aborted, _grace) = (time, abort, grace);
        _timer = time.CreateTimer(static state => ((SessionClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _aborting = abort.UnsafeRegister(static state => ((SessionClock)state!).Abort(), this);
        _closes = shutdown.UnsafeRegister(static state => ((SessionClock)state!).BeginShutdown(), this);
    }

    /// <summary>Cancelled when the time of a wait is over, and when the session is aborted.</summary>
    public CancellationToken Token => _expired.Token;

    /// <summary>
    /// Cancelled with <see cref="Token"/> when a wait took too long, and a second later when the session is aborted or the grace of a shutdown is over: for
    /// what should be tried even then.
    /// </summary>
    public CancellationToken Late => (_late ?? MakeLate()).Token;

    /// <summary>Cancelled when the session is aborted: for what is done after the time is over.</summary>
    public CancellationToken Aborted { get; }

    public ClockCause Cause => _cause;

    /// <summary>Lets the next wait last this long, or less when the grace of a shutdown ends before.</summary>
    /// <returns>The time it begins, for <see cref="Lift"/>.</returns>
    public long Arm(TimeSpan limit)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            (_watchesCalls, _idle, _lifted) = (false, false, Never);
            SetDue(now, limit);
        }
        return now;
    }

    /// <summary>The wait that was armed is one between two transactions: a shutdown ends it at once.</summary>
    public void Idle()
    {
        lock (_gate)
        {
            _idle = true;
            if (_closing == Never || !TryEnd(ClockCause.ShutdownGrace))
                return;
        }
        Cancel();
    }

    /// <summary>No wait is on.</summary>
    /// <param name="since">Since when, by a look just taken.</param>
    public void Disarm(long since = Never)
    {
        lock (_gate)
        {
            (_due, _watchesCalls, _idle, _lifted) = (Never, false, false, since);
        }
    }

    /// <summary>The wait that began then is over.</summary>
    /// <returns>How long it was.</returns>
    public TimeSpan Lift(long begun)
    {
        var waited = Look(ref begun);
        Disarm(begun);
        return waited;
    }

    /// <summary>How long a wait lasted since it began or was looked at last; it goes on.</summary>
    public TimeSpan Look(ref long since)
    {
        var now = _time.GetTimestamp();
        var waited = _time.GetElapsedTime(since, now);
        since = now;
        return waited;
    }

    /// <summary>A call that should return within this time begins; all between two waits have the same.</summary>
    public void BeginCall(TimeSpan limit)
    {
        Volatile.Write(ref _calls, _calls + 1);
        if (!_watchesCalls)
            WatchCalls(limit);
    }

    /// <summary>The call returned.</summary>
    public void EndCall() => Volatile.Write(ref _calls, _calls + 1);

    // From now on no wait outlasts the grace, and an idle one is over.
    private void BeginShutdown()
    {
        lock (_gate)
        {
            _closing = After(_time.GetTimestamp(), _grace);
            if (!_idle)
            {
                if (_due == Never)
                    return;
                _due = Math.Min(_due, _closing);
                if (_due < _firesAt)
                    SetTimer(_due);
                return;
            }
            if (!TryEnd(ClockCause.ShutdownGrace))
                return;
        }
        Cancel();
    }

    public void Dispose()
    {
        _aborting.Dispose();
        _closes.Dispose();
        Disarm();
        _timer.Dispose();
        _lateTimer?.Dispose();
        // The source of the token is not disposed: a timer's callback may be under way, and what it threw would end the process. The
        // source has no timer and no handle of its own, so there is nothing in it to release.
    }

    private void WatchCalls(TimeSpan limit)
    {
        var from = _lifted == Never ? _time.GetTimestamp() : _lifted;
        lock (_gate)
        {
            (_watchesCalls, _callSeen, _callLimit, _lifted) = (true, _calls, limit, Never);
            SetDue(from, limit);
        }
    }

    private void SetDue(long from, TimeSpan limit)
    {
        _due = Math.Min(After(from, limit), _closing);
        if (_due < _firesAt)
            SetTimer(_due);
    }

    // Whether the limit is that of a call which is over; then those behind it get theirs.
    private bool OtherCall(long now)
    {
        var calls = Volatile.Read(ref _calls);
        if (!_watchesCalls || _due == _closing || (calls == _callSeen && (calls & 1) != 0))
            return false;
        _callSeen = calls;
        SetDue(now, _callLimit);
        return true;
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
        lock (_gate)
        {
            _firesAt = Never;
            if (_due == Never)
                return;
            var now = _time.GetTimestamp();
            if (now < _due)
            {
                SetTimer(_due);
                return;
            }
            if (OtherCall(now) || !TryEnd(_due == _closing ? ClockCause.ShutdownGrace : ClockCause.Limit))
                return;
        }
        Cancel();
    }

    private void Abort()
    {
        lock (_gate)
        {
            if (!TryEnd(ClockCause.Abort))
                return;
        }
        Cancel();
    }

    // In the gate where it was found that the time is over: a wait that ends meanwhile was in time, or it was not.
    private bool TryEnd(ClockCause cause)
    {
        if (_cause != ClockCause.None)
            return false;
        _cause = cause;
        return true;
    }

    private void Cancel()
    {
        EndLate();
        Cancel(_expired);
    }

    // Handlers may listen to the token. What their listeners throw would end the process here, or keep an abort from the sessions behind this one.
    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // Every listener was called.
        }
    }

    private CancellationTokenSource MakeLate()
    {
        var late = new CancellationTokenSource();
        lock (_gate)
        {
            _late = late;
            if (_cause == ClockCause.None)
                return late;
        }
        EndLate();      // whoever ended the time may have looked before
        return late;
    }

    private void EndLate()
    {
        if (_late is not { } late)
            return;
        if (_cause == ClockCause.Limit)
            Cancel(late);
        else
            _lateTimer = _time.CreateTimer(static late => Cancel((CancellationTokenSource)late!), late, Lateness, Timeout.InfiniteTimeSpan);
    }

    // A limit beyond what a timer can hold (24 days and more) is no limit in practice; it is cut to a day.
    private long After(long from, TimeSpan limit) =>
        from + (long)(Math.Min(limit.TotalSeconds, TimeSpan.FromDays(1).TotalSeconds) * _time.TimestampFrequency);
}
