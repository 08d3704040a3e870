using System.Text;
using Mail.Security.Delivery;
using Mail.Security.Queue;

namespace Mail.Security.Hosting.Tests;

/// <summary>A store that keeps what is added in memory, or says what it is told to say.</summary>
internal sealed class RecordingStore : IMailQueueStore
{
    public StoreFailure? Trouble { get; set; }

    public List<(NewQueueMessage Message, string Content)> Added { get; } = [];

    /// <summary>Runs while a message is being added.</summary>
    public Func<Task> WhileAdding { get; set; } = () => Task.CompletedTask;

    public async ValueTask<StoreResult<QueueMessageId>> AddAsync(NewQueueMessage message, CancellationToken cancellationToken = default)
    {
        await WhileAdding();
        if (Trouble is { } reason)
            return new StoreResult<QueueMessageId>.Unavailable(reason, "as told");
        await using var stream = message.Content.OpenRead();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, cancellationToken);
        Assert.Equal(message.Content.Length, copy.Length);
        Added.Add((message, Encoding.Latin1.GetString(copy.ToArray())));
        return new StoreResult<QueueMessageId>.Stored(new QueueMessageId(Added.Count));
    }

    public ValueTask<StoreResult<IReadOnlyList<QueueLease>>> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken = default) =>
        new(new StoreResult<IReadOnlyList<QueueLease>>.Stored([]));

    public ValueTask<StoreResult<LeaseState>> RenewAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoreResult<LeaseState>> ReleaseAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoreResult<LeaseState>> PostponeAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoreResult<MessageState>> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoreResult<LeaseState>> CompleteAsync(QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoreResult<DateTimeOffset?>> GetNextDueAsync(IReadOnlyCollection<RecipientDomain> busyDomains, CancellationToken cancellationToken = default) =>
        new(new StoreResult<DateTimeOffset?>.Stored(null));

    public ValueTask<StoreResult<IReadOnlyList<QueueEntry>>> ListAsync(QueueMessageId after, int max, CancellationToken cancellationToken = default) =>
        new(new StoreResult<IReadOnlyList<QueueEntry>>.Stored([]));
}
