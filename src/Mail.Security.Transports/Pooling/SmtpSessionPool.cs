using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Transports;

/// <summary>Keeps sessions for the next message to the same host under the same security, and keeps to limits of how many there are.</summary>
/// <remarks>
/// <para>A session is shared only between equal requests (<see cref="SmtpPoolRequest"/>). It is not used again when it is broken, when the server spoke or left while it was idle, when it
/// has carried enough, or when the verdict on the server is too old.</para>
/// <para>Who finds no place waits in a row, without a thread: first come, first served, for a limited time. An idle session that the first in the row cannot use is closed to
/// make room. Safe for use by many callers at once.</para>
/// </remarks>
public sealed class SmtpSessionPool : IAsyncDisposable, IDisposable
{
    private readonly SmtpSessionPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly PoolTelemetry _telemetry;
    private readonly PoolShelf _shelf;
    private readonly long _begun;
    private readonly ITimer _watch;
    private readonly ConcurrentDictionary<Task, bool> _ending = [];

    /// <summary>Makes a pool.</summary>
    /// <param name="options">The limits; read once, here. Null takes the defaults.</param>
    /// <param name="time">The clock of limits and sessions; null takes the system's.</param>
    /// <param name="logger">Receives the log lines; null for none.</param>
    /// <param name="meters">Makes the meter; null makes one of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SmtpSessionPool(SmtpSessionPoolOptions? options = null, TimeProvider? time = null, ILogger<SmtpSessionPool>? logger = null, IMeterFactory? meters = null)
    {
        _options = (options ?? new SmtpSessionPoolOptions()).CheckedCopy();
        (_time, _telemetry) = (time ?? TimeProvider.System, new PoolTelemetry(meters, logger ?? NullLogger<SmtpSessionPool>.Instance));
        _shelf = new PoolShelf(_options.MaxSessionsPerHost, _options.MaxSessions);
        _begun = _time.GetTimestamp();
        _watch = _time.CreateTimer(static state => ((SmtpSessionPool)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>For tests: places taken, sessions idle, callers waiting, hosts known of.</summary>
    internal (int Taken, int Idle, int Waiting, int Hosts) Count => _shelf.Count;

    private TimeSpan Now => _time.GetElapsedTime(_begun);

    /// <summary>Gives a place with the host, with an idle session on it where there is one.</summary>
    /// <param name="request">Which session is wanted.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns><see cref="SmtpPoolTurn.Entered"/>, or <see cref="SmtpPoolTurn.Refused"/> when no place became free within <see cref="SmtpSessionPoolOptions.WaitTime"/> or the pool is disposed.</returns>
    public async ValueTask<SmtpPoolTurn> EnterAsync(SmtpPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new PoolWaiter(SessionKey.Of(request, request.Settings), request.Addresses);
        _shelf.Enter(waiter);
        if (!waiter.Served.IsCompleted && await WaitAsync(waiter, cancellationToken).ConfigureAwait(false) is { } limit)
            return Refuse(limit, waiter.Key.Host);
        var grant = await waiter.Served.ConfigureAwait(false);
        return grant.IsClosed ? Refuse(SmtpPoolLimit.Closed, waiter.Key.Host) : new SmtpPoolTurn.Entered(await TakeAsync(grant, request, waiter.Key.Host, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Says goodbye to every idle session, all at once, and sends those away who wait. Sessions in use are closed when they are given back.</summary>
    /// <returns>When the idle sessions are closed, after <see cref="SmtpSessionPoolOptions.GoodbyeTime"/> at the latest.</returns>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync().ConfigureAwait(false);
        EndIdle(CancellationToken.None);
        await Task.WhenAll(_ending.Keys).ConfigureAwait(false);
    }

    /// <summary>Closes every idle session without a goodbye, and sends those away who wait: for containers that are not disposed of asynchronously.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        EndIdle(new CancellationToken(canceled: true));
    }

    internal async ValueTask<(SessionOpenResult Result, PooledConnection? Opened)> OpenAsync(
        SmtpPoolRequest request, DialResult.Connected connection, IPEndPoint address, SmtpSessionSettings settings, CancellationToken cancellationToken)
    {
        var (now, today) = (Now, _time.GetUtcNow());            // before the handshake: the verdict is no younger
        var result = await SmtpClientSession.OpenAsync(connection.Stream, settings, _time, cancellationToken).ConfigureAwait(false);
        if (result is not SessionOpenResult.Opened(var session))
            return (result, null);
        _telemetry.Opened();
        return (result, new PooledConnection
        {
            Session = session,
            Key = SessionKey.Of(request, settings),
            Address = address,
            Dialed = connection,
            GoodUntil = now + Lifetime(session.Tls?.PeerCertificate, today),
            MaxTransactions = Math.Min(_options.MaxTransactions, session.Limits.Transactions ?? int.MaxValue),
            Uses = 1,
        });
    }

    /// <summary>Closes a session that was taken off the shelf or is in use. The place is the caller's matter.</summary>
    internal async ValueTask EndAsync(PooledConnection connection, EvictionReason reason, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.GoodbyeTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (connection.Session.State != SessionState.Broken)
                await connection.Session.CloseAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // closed without it: the mail is with whoever took it
        }
        finally
        {
            await connection.Session.DisposeAsync().ConfigureAwait(false);
            _telemetry.Ended(connection, reason);
        }
    }

    /// <summary>Takes place and session back.</summary>
    internal async ValueTask LeaveAsync(SmtpPoolRequest request, PooledConnection? connection, CancellationToken cancellationToken)
    {
        if (connection is null)
        {
            _shelf.Free(new PoolHost(request.Host, request.Port));
            return;
        }
        var now = Now;
        if ((connection.Judge(now) ?? Shelve(connection, now)) is { } reason)
            await RetireAsync(connection, reason, cancellationToken).ConfigureAwait(false);
    }

    private void EndIdle(CancellationToken cancellationToken)
    {
        foreach (var connection in _shelf.Close())
        {
            _telemetry.TakenOff();
            Track(RetireAsync(connection, EvictionReason.Shutdown, cancellationToken));
        }
    }

    private EvictionReason? Shelve(PooledConnection connection, TimeSpan now)
    {
        connection.IdleUntil = now + _options.IdleTime < connection.GoodUntil ? now + _options.IdleTime : connection.GoodUntil;
        var until = connection.IdleUntil;                       // after this it may be somebody else's
        _telemetry.Shelved();
        if (_shelf.Shelve(connection, out var watch))
        {
            if (watch)
                Watch(until - now);
            return null;
        }
        _telemetry.TakenOff();
        return EvictionReason.Shutdown;
    }

    // Null when the caller has been served, at the last moment perhaps.
    private async ValueTask<SmtpPoolLimit?> WaitAsync(PoolWaiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Served.WaitAsync(_options.WaitTime, _time, cancellationToken).ConfigureAwait(false);
            _telemetry.Waited("served");
            return null;
        }
        catch (TimeoutException)
        {
            var limit = _shelf.Leave(waiter);
            _telemetry.Waited(limit is null ? "served" : "refused");
            return limit;
        }
        catch (OperationCanceledException)
        {
            if (_shelf.Leave(waiter) is null)
                GiveBack(await waiter.Served.ConfigureAwait(false), waiter.Key.Host);
            _telemetry.Waited("cancelled");
            throw;
        }
    }

    // What somebody was given who is not there any more.
    private void GiveBack(PoolGrant grant, PoolHost host)
    {
        if (grant.IsClosed)
            return;
        if (grant.Idle is null)
        {
            Track(FreeAsync(grant.Evicted, host));
            return;
        }
        _telemetry.TakenOff();
        if (Shelve(grant.Idle, Now) is { } reason)
            Track(RetireAsync(grant.Idle, reason, CancellationToken.None));
    }

    private async Task FreeAsync(PooledConnection? evicted, PoolHost host)
    {
        try
        {
            if (evicted is not null)
                await EvictAsync(evicted, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _shelf.Free(host);
        }
    }

    private async ValueTask<SmtpPoolPlace> TakeAsync(PoolGrant grant, SmtpPoolRequest request, PoolHost host, CancellationToken cancellationToken)
    {
        var idle = grant.Idle;
        var taken = false;
        try
        {
            if (grant.Evicted is { } evicted)
                await EvictAsync(evicted, cancellationToken).ConfigureAwait(false);
            if (idle is not null)
            {
                _telemetry.TakenOff();
                if (idle.Judge(Now) is { } reason)
                {
                    var useless = idle;
                    idle = null;
                    await EndAsync(useless, reason, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    idle.Uses++;
                    _telemetry.Reused(idle);
                }
            }
            taken = true;
            return new SmtpPoolPlace(this, request, idle);
        }
        finally
        {
            if (!taken)
            {
                if (idle is not null)
                    await idle.Session.DisposeAsync().ConfigureAwait(false);
                _shelf.Free(host);
            }
        }
    }

    private async Task EvictAsync(PooledConnection evicted, CancellationToken cancellationToken)
    {
        try
        {
            _telemetry.TakenOff();
            await EndAsync(evicted, EvictionReason.Room, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _shelf.FreeEvicted(evicted);
        }
    }

    // Ends a session and frees its place.
    private async Task RetireAsync(PooledConnection connection, EvictionReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(connection, reason, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _shelf.Free(connection.Key.Host);
        }
    }

    // RFC 7672 §3.1.1: with DANE-EE the dates mean nothing; a certificate that was taken after its end ends nothing.
    private TimeSpan Lifetime(TlsPeerCertificate? certificate, DateTimeOffset today)
    {
        var left = certificate?.NotAfter - today ?? TimeSpan.Zero;
        return left > TimeSpan.Zero && left < _options.MaxAge ? left : _options.MaxAge;
    }

    private void Sweep()
    {
        var now = Now;
        var expired = _shelf.TakeExpired(connection => connection.MustLeave(now), out var next);
        if (next is { } until)
            Watch(until - now);
        foreach (var connection in expired)
        {
            _telemetry.TakenOff();
            Track(RetireAsync(connection, connection.Leaving, CancellationToken.None));
        }
    }

    private void Watch(TimeSpan delay) => _watch.Change(delay > TimeSpan.Zero ? delay : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

    private void Track(Task ending)
    {
        if (ending.IsCompletedSuccessfully)
            return;
        _ending.TryAdd(ending, true);
        _ = ending.ContinueWith(static (done, tasks) => ((ConcurrentDictionary<Task, bool>)tasks!).TryRemove(done, out _), _ending, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private SmtpPoolTurn.Refused Refuse(SmtpPoolLimit limit, PoolHost host)
    {
        _telemetry.Refused(limit, host);
        return new SmtpPoolTurn.Refused(limit);
    }
}
