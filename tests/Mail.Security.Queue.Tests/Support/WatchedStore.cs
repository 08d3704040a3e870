using System.Collections.Concurrent;
using System.Threading.Channels;
using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

internal enum StoreCall
{
    Add,
    Acquire,
    Renew,
    Release,
    Postpone,
    Complete,
    SetTransport,
    NextDue,
    List,
}

/// <summary>A store in front of another one: fails when told to, and tells what was done.</summary>
internal sealed class WatchedStore(IMailQueueStore inner) : IMailQueueStore
{
    private readonly ConcurrentQueue<(QueueLease Lease, DateTimeOffset Until)> _renewals = new();
    private readonly ConcurrentQueue<LeaseRequest> _requests = new();
    private readonly ConcurrentQueue<NewQueueMessage> _notices = new();
    private readonly Channel<StoreCall> _done = Channel.CreateUnbounded<StoreCall>();

    /// <summary>Asked before each operation; a reason makes the operation unavailable. May throw.</summary>
    public Func<StoreCall, StoreFailure?> Trouble { get; set; } = _ => null;

    public Action AfterAcquire { get; set; } = () => { };

    public IMailQueueStore Inner => inner;

    public IReadOnlyList<(QueueLease Lease, DateTimeOffset Until)> Renewals => [.. _renewals];

    public IReadOnlyList<LeaseRequest> Requests => [.. _requests];

    public IReadOnlyList<NewQueueMessage> Notices => [.. _notices];

    /// <summary>Waits until an operation of this kind has ended, well or not; what ended before it is passed over.</summary>
    public async Task DoneAsync(StoreCall call)
    {
        while (await Wait.For(_done.Reader.ReadAsync().AsTask()) != call)
        {
        }
    }

    public ValueTask<StoreResult<QueueMessageId>> AddAsync(NewQueueMessage message, CancellationToken cancellationToken = default) =>
        Do(StoreCall.Add, () => inner.AddAsync(message, cancellationToken));

    public ValueTask<StoreResult<IReadOnlyList<QueueLease>>> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken = default)
    {
        _requests.Enqueue(request);
        return Do(StoreCall.Acquire, async () =>
        {
            var result = await inner.AcquireAsync(request, cancellationToken);
            AfterAcquire();
            return result;
        });
    }

    public ValueTask<StoreResult<LeaseState>> RenewAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        lock (Renewals)
            _renewals.Enqueue((lease, until));
        return Do(StoreCall.Renew, () => inner.RenewAsync(lease, until, cancellationToken));
    }

    public ValueTask<StoreResult<LeaseState>> ReleaseAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) =>
        Do(StoreCall.Release, () => inner.ReleaseAsync(lease, due, cancellationToken));

    public ValueTask<StoreResult<LeaseState>> PostponeAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) =>
        Do(StoreCall.Postpone, () => inner.PostponeAsync(lease, due, cancellationToken));

    public ValueTask<StoreResult<MessageState>> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default) =>
        Do(StoreCall.SetTransport, () => inner.SetTransportAsync(message, transport, cancellationToken));

    public ValueTask<StoreResult<LeaseState>> CompleteAsync(QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice = null, CancellationToken cancellationToken = default) =>
        Do(StoreCall.Complete, async () =>
        {
            var result = await inner.CompleteAsync(lease, completion, notice, cancellationToken);
            if (notice is not null && result is StoreResult<LeaseState>.Stored(LeaseState.Held))
                lock (Notices)
                    _notices.Enqueue(notice);
            return result;
        });

    public ValueTask<StoreResult<DateTimeOffset?>> GetNextDueAsync(IReadOnlyCollection<RecipientDomain> busyDomains, CancellationToken cancellationToken = default) =>
        Do(StoreCall.NextDue, () => inner.GetNextDueAsync(busyDomains, cancellationToken));

    public ValueTask<StoreResult<IReadOnlyList<QueueEntry>>> ListAsync(QueueMessageId after, int max, CancellationToken cancellationToken = default) =>
        Do(StoreCall.List, () => inner.ListAsync(after, max, cancellationToken));

    private async ValueTask<StoreResult<T>> Do<T>(StoreCall call, Func<ValueTask<StoreResult<T>>> operation)
    {
        try
        {
            return Trouble(call) is { } reason ? new StoreResult<T>.Unavailable(reason, "told to fail") : await operation();
        }
        finally
        {
            _done.Writer.TryWrite(call);
        }
    }
}
