using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue;

/// <summary>Renews a lease at a third of its duration until it is disposed or the lease is lost.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly IMailQueueStore _store;
    private readonly QueueLease _lease;
    private readonly QueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly QueueMeters _meters;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _stopped;
    private readonly Task _renewing;
    private volatile bool _lost;

    public LeaseKeeper(IMailQueueStore store, QueueLease lease, QueueOptions options, TimeProvider time, ILogger logger, QueueMeters meters, CancellationToken cancel)
    {
        (_store, _lease, _options, _time, _logger, _meters) = (store, lease, options, time, logger, meters);
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Stopped = _stopped.Token;
        _renewing = RenewAsync();
    }

    /// <summary>Ends the attempt: the runner stops, or the lease is lost and someone else makes the attempt.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Whether a renewal found that the lease is not held any more.</summary>
    public bool IsLost => _lost;

    /// <summary>The time between two renewals.</summary>
    public static TimeSpan Interval(QueueOptions options) => options.LeaseDuration / 3;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ended.Dispose();
        _stopped.Dispose();
    }

    private async Task RenewAsync()
    {
        var interval = Interval(_options);
        var failures = 0;
        try
        {
            while (true)
            {
                await Task.Delay(failures == 0 ? interval : QueueBackoff.After(failures, interval), _time, _ended.Token).ConfigureAwait(false);
                var state = await TryRenewAsync().ConfigureAwait(false);
                failures = state is null ? failures + 1 : 0;
                if (state == LeaseState.Lost)
                {
                    _lost = true;
                    await _stopped.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
    }

    /// <summary>Renews once; null when the store could not. Whatever it throws, the next renewal is made: a lease that ends while its attempt runs is mail sent twice.</summary>
    private async Task<LeaseState?> TryRenewAsync()
    {
        try
        {
            var renewed = await _store.RenewAsync(_lease, _time.GetUtcNow() + _options.LeaseDuration, _ended.Token).ConfigureAwait(false);
            if (renewed is StoreResult<LeaseState>.Stored(var state))
                return state;
            var (reason, detail) = (StoreResult<LeaseState>.Unavailable)renewed;
            QueueLog.StoreUnavailable(_logger, reason, detail);
        }
#pragma warning disable CA1031 // see above
        catch (Exception fault) when (!_ended.IsCancellationRequested)
#pragma warning restore CA1031
        {
            QueueLog.RenewalFaulted(_logger, _lease.MessageId.Value, _lease.Domain.Name.Ascii, fault);
        }
        _meters.StoreFailures.Add(1);
        return null;
    }
}
