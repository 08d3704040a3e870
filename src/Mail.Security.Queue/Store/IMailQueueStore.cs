using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>Where queued mail is kept.</summary>
/// <remarks>
/// <para>A store that gives <see cref="StoreResult{T}.Stored"/> has made the operation durable; one that gives
/// <see cref="StoreResult{T}.Unavailable"/> has written nothing of it. Expected trouble (locked, full, unreachable) is never an exception.</para>
/// <para>Cancellation is honoured until a store begins to write; after that the true result is given, so that a caller is never left
/// with a message that is stored although it was told otherwise.</para>
/// <para>Safe for concurrent use, by several processes as well when the store is shared.</para>
/// </remarks>
public interface IMailQueueStore
{
    /// <summary>Queues a message for all its recipients, due at once, in one transaction with its content. A server sends its 250 only after this (RFC 5321 §6.1).</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>The id, or why the message is not stored.</returns>
    /// <exception cref="ArgumentException">No recipient, or one without a recipient domain.</exception>
    ValueTask<StoreResult<QueueMessageId>> AddAsync(NewQueueMessage message, CancellationToken cancellationToken = default);

    /// <summary>Gives out work that is due: at most one lease a domain, none for a busy domain, none while another lease of the same message and domain holds. A higher priority comes first (RFC 6710), among equals what is longest due.</summary>
    /// <param name="request">Who asks, for how much.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>The leases, possibly none.</returns>
    ValueTask<StoreResult<IReadOnlyList<QueueLease>>> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="until">Its new end.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>Whether the lease was still held.</returns>
    ValueTask<StoreResult<LeaseState>> RenewAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back without a result; the attempt stays counted.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="due">When the work is due again.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>Whether the lease was still held.</returns>
    ValueTask<StoreResult<LeaseState>> ReleaseAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back without a result, and takes the attempt back too: nothing was tried.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="due">When the work is due again.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>Whether the lease was still held.</returns>
    ValueTask<StoreResult<LeaseState>> PostponeAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default);

    /// <summary>Records the result of an attempt, ends the lease, queues the notice about it and removes what is finished, all in one transaction.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="completion">The result.</param>
    /// <param name="notice">A delivery status notification to queue in the same transaction; null for none.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>Whether the lease was still held; if it was lost nothing is written, the notice neither.</returns>
    ValueTask<StoreResult<LeaseState>> CompleteAsync(QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice = null, CancellationToken cancellationToken = default);

    /// <summary>When there will be work: the earliest instant at which something outside the busy domains is due and not leased.</summary>
    /// <param name="busyDomains">Domains to leave out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The instant, possibly past; null when the queue has nothing else.</returns>
    ValueTask<StoreResult<DateTimeOffset?>> GetNextDueAsync(IReadOnlyCollection<RecipientDomain> busyDomains, CancellationToken cancellationToken = default);

    /// <summary>Sets the transport of a message, from its next attempt on; an attempt that runs goes on as it began. Whoever calls this has looked whether there is such a transport (<see cref="QueueAdministration"/>).</summary>
    /// <param name="message">The message.</param>
    /// <param name="transport">The transport; empty leaves it to the routes.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>Whether there is such a message.</returns>
    ValueTask<StoreResult<MessageState>> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default);

    /// <summary>Lists what is queued, in the order of message ids.</summary>
    /// <param name="after">Lists what follows this id; the default value starts at the beginning.</param>
    /// <param name="max">The most entries to give; at least 1. All entries of one message are given together, so that there may be more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One entry for each message and recipient domain.</returns>
    ValueTask<StoreResult<IReadOnlyList<QueueEntry>>> ListAsync(QueueMessageId after, int max, CancellationToken cancellationToken = default);
}
