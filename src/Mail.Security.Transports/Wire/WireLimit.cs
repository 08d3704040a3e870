namespace Mail.Security.Transports;

/// <summary>The limit of the waits of one direction of a connection: one timer and one token for all of them.</summary>
/// <remarks>Once it has passed, or was cancelled, the token is cancelled for good: nothing can come of that direction any more.</remarks>
internal sealed class WireLimit(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private ITimer? _timer;
    private TimeSpan _limit;
    private long _begun;
    private bool _armed;

    /// <summary>Cancelled when a wait has lasted too long, or nobody wants it any more.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Whether a wait has lasted too long.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>A wait begins.</summary>
    public void Arm(TimeSpan limit)
    {
        lock (_gate)
        {
            (_limit, _begun, _armed) = (limit, time.GetTimestamp(), true);
            _timer ??= time.CreateTimer(static state => ((WireLimit)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The wait is over. The timer goes on: the next wait sets it anew, and one that fires between two waits does nothing.</summary>
    public void Disarm()
    {
        lock (_gate)
            _armed = false;
    }

    /// <summary>Ends every wait, now and from now on.</summary>
    public void Cancel() => _ended.Cancel();

    /// <summary>The timer goes; the token stays as it is.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _armed = false;
            _timer?.Dispose();
        }
        // The source of the token is not disposed: a wait that ends just now may still look at it. It has no timer and no handle of its own.
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_armed)
                return;
            // One that was set for the wait before may fire while this one has just begun; and timers know whole milliseconds only.
            var left = _limit - time.GetElapsedTime(_begun);
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }
            HasPassed = true;
        }
        _ended.Cancel();
    }
}
