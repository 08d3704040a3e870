using Mail.Security.Delivery;
using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The mail queue in an SQLite database.</summary>
/// <remarks>
/// One process works on the file at a time in the usual case; several may, each with its own <see cref="SqliteDatabase"/>, since leases
/// and SQLite's own locks keep them apart. Content is written and read in pieces of 64 KiB, never as a whole.
/// </remarks>
/// <param name="database">The database; the caller disposes it.</param>
public sealed class SqliteMailQueueStore(SqliteDatabase database) : IMailQueueStore
{
    /// <inheritdoc/>
    public ValueTask<StoreResult<QueueMessageId>> AddAsync(NewQueueMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        MessageRows.Check(message);
        return database.WriteAsync(session =>
        {
            database.Room.Check(session, message.Content.Length);
            return MessageRows.Insert(session, message);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<IReadOnlyList<QueueLease>>> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Max, 1, nameof(request));
        return database.WriteAsync(session => LeaseRows.Acquire(session, database, request), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<LeaseState>> RenewAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return database.WriteAsync(session => LeaseRows.Renew(session, lease, until), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<LeaseState>> ReleaseAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return database.WriteAsync(session => LeaseRows.Release(session, lease, due), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<LeaseState>> PostponeAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return database.WriteAsync(session => LeaseRows.Postpone(session, lease, due), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<MessageState>> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default) =>
        database.WriteAsync(session => MessageRows.SetTransport(session, message, transport), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreResult<LeaseState>> CompleteAsync(QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(completion);
        if (notice is not null)
            MessageRows.Check(notice);
        return database.WriteAsync(session => LeaseRows.Complete(session, lease, completion, notice), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<DateTimeOffset?>> GetNextDueAsync(IReadOnlyCollection<RecipientDomain> busyDomains, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(busyDomains);
        return database.ReadAsync(session => LeaseRows.NextDue(session, busyDomains), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreResult<IReadOnlyList<QueueEntry>>> ListAsync(QueueMessageId after, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.ReadAsync(session => EntryRows.List(session, after, max), cancellationToken);
    }
}
