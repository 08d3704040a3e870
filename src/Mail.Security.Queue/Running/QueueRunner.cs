using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Mail.Security.Delivery;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue;

/// <summary>Works a queue off: takes what is due, has it attempted, records the result and queues the notices about it.</summary>
/// <remarks>
/// <para>At most one attempt runs for each recipient domain and at most <see cref="QueueOptions.MaxConcurrency"/> in all. A lease is renewed
/// while its attempt runs, and its attempt is counted in the store before the agent is called.</para>
/// <para>Trouble with the store is logged and waited out. An attempt whose result cannot be recorded yet keeps its domain until it can be.</para>
/// <para>Several runners may work on one store, in one process or several, when each has an owner of its own.</para>
/// </remarks>
public sealed class QueueRunner
{
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly IMailQueueStore _store;
    private readonly RetrySchedule _schedule;
    private readonly QueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly QueueMeters _meters;
    private readonly LeaseWorker _worker;
    private readonly Lock _gate = new();
    private readonly Dictionary<RecipientDomain, Task> _running = [];
    private readonly Channel<byte> _signal = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _started;
    private int _storeFailures;

    /// <summary>Makes the runner; nothing happens before <see cref="RunAsync"/>.</summary>
    /// <param name="store">The queue.</param>
    /// <param name="agent">Makes the attempts.</param>
    /// <param name="schedule">When to try again, to tell the sender of a delay, and to give up.</param>
    /// <param name="options">How to work; read now and not again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="meters">Makes the meter "Mail.Security.Queue"; null makes one of its own.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public QueueRunner(IMailQueueStore store, IDeliveryAgent agent, RetrySchedule schedule, QueueOptions options, TimeProvider time, ILogger<QueueRunner> logger, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        (_store, _schedule, _options, _time, _logger) = (store, schedule, options.Copy(), time, logger);
        _meters = new QueueMeters(meters);
        var recorder = new ResultRecorder(store, schedule, _options, time, logger, _meters);
        _worker = new LeaseWorker(store, agent, recorder, _options, time, logger, _meters);
    }

    /// <summary>Says that there may be due work, for example after a message was added: the store is asked at once. Never waits; may be called at any time.</summary>
    public void Wake() => _signal.Writer.TryWrite(0);

    /// <summary>Works until told to stop, then waits <see cref="QueueOptions.StopTimeout"/> for what runs, cancels the rest and gives its leases back.</summary>
    /// <param name="stopping">Begins the clean stop.</param>
    /// <returns>A task that ends when the stop is complete. It is not cancelled by <paramref name="stopping"/>.</returns>
    /// <exception cref="InvalidOperationException">The runner was started before.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A queue runner runs once.");
        QueueLog.Started(_logger, _options.Owner, _options.MaxConcurrency);
        using var cancel = new CancellationTokenSource();
        try
        {
            while (!stopping.IsCancellationRequested)
                await StepAsync(cancel.Token, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        finally
        {
            await StopAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Gives out what is due to the free places, then waits until there may be more.</summary>
    private async Task StepAsync(CancellationToken cancel, CancellationToken stopping)
    {
        var busy = Busy();
        var free = _options.MaxConcurrency - busy.Length;
        if (free > 0)
        {
            if (!TryTake(await _store.AcquireAsync(Request(busy, free), stopping).ConfigureAwait(false), out var leases))
            {
                await BackOffAsync(stopping).ConfigureAwait(false);
                return;
            }
            foreach (var lease in leases)
                if (stopping.IsCancellationRequested)              // it came with the stop: nobody has dialed yet
                    await _worker.ReleaseAsync(lease).ConfigureAwait(false);
                else
                    Start(lease, cancel);
            free -= leases.Count;
        }
        if (free > 0)
        {
            if (!TryTake(await _store.GetNextDueAsync(Busy(), stopping).ConfigureAwait(false), out var next))
            {
                await BackOffAsync(stopping).ConfigureAwait(false);
                return;
            }
            _storeFailures = 0;
            await WaitAsync(next, stopping).ConfigureAwait(false);
        }
        else
        {
            _storeFailures = 0;
            await WaitAsync(null, stopping).ConfigureAwait(false);
        }
    }

    private LeaseRequest Request(IReadOnlyCollection<RecipientDomain> busy, int max)
    {
        var now = _time.GetUtcNow();
        return new LeaseRequest
        {
            Owner = _options.Owner, Now = now, Duration = _options.LeaseDuration, Max = max, BusyDomains = busy,
            ProvisionalRetry = attempt => now + _schedule.DelayAfter(attempt),
        };
    }

    private void Start(QueueLease lease, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_running.ContainsKey(lease.Domain))
            {
                QueueLog.WorkerFaulted(_logger, lease.Domain.Name.Ascii, new InvalidOperationException("The store gave a lease for a busy domain."));
                return;
            }
            _running.Add(lease.Domain, Task.Run(() => WorkAsync(lease, cancel), CancellationToken.None));
        }
    }

    // Whatever happens to the work, its domain is free afterwards: a domain that stayed busy would never be served again.
    private async Task WorkAsync(QueueLease lease, CancellationToken cancel)
    {
        try
        {
            await _worker.WorkAsync(lease, cancel).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the edge of one piece of work: nothing it throws may end the others
        catch (Exception fault)
#pragma warning restore CA1031
        {
            QueueLog.WorkerFaulted(_logger, lease.Domain.Name.Ascii, fault);
        }
        finally
        {
            lock (_gate)
                _running.Remove(lease.Domain);
            Wake();
        }
    }

    private async Task WaitAsync(DateTimeOffset? next, CancellationToken stopping)
    {
        var limit = next is { } due && due - _time.GetUtcNow() is var pause && pause < _options.PollInterval ? pause : _options.PollInterval;
        if (limit > TimeSpan.Zero)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var signalled = _signal.Reader.WaitToReadAsync(ended.Token).AsTask();
            await Task.WhenAny(signalled, Task.Delay(limit < LongestWait ? limit : LongestWait, _time, ended.Token)).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
        }
        _signal.Reader.TryRead(out _);
    }

    private bool TryTake<T>(StoreResult<T> result, out T value)
    {
        value = default!;
        if (result is StoreResult<T>.Stored(var stored))
        {
            value = stored;
            return true;
        }
        var (reason, detail) = (StoreResult<T>.Unavailable)result;
        QueueLog.StoreUnavailable(_logger, reason, detail);
        _meters.StoreFailures.Add(1);
        return false;
    }

    private Task BackOffAsync(CancellationToken stopping) =>
        Task.Delay(QueueBackoff.After(++_storeFailures, _options.MaxStoreBackoff), _time, stopping);

    private async Task StopAsync(CancellationTokenSource cancel)
    {
        QueueLog.Stopping(_logger, Running().Length);
        if (await EndAsync(_options.StopTimeout).ConfigureAwait(false))
            return;
        QueueLog.CancellingAttempts(_logger, Running().Length);
        await cancel.CancelAsync().ConfigureAwait(false);
        if (!await EndAsync(CancelGrace).ConfigureAwait(false))
            QueueLog.AttemptsLeftBehind(_logger, Running().Length);
    }

    private async Task<bool> EndAsync(TimeSpan limit)
    {
        var all = Task.WhenAll(Running());
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(all, Task.Delay(limit, _time, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        return all.IsCompleted;
    }

    private RecipientDomain[] Busy()
    {
        lock (_gate)
            return [.. _running.Keys];
    }

    private Task[] Running()
    {
        lock (_gate)
            return [.. _running.Values];
    }
}
