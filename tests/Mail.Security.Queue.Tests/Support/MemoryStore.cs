using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

/// <summary>The contract of a queue store in lists, for tests of what stands above it.</summary>
internal sealed class MemoryStore : IMailQueueStore
{
    private sealed class Work
    {
        public required long Id { get; init; }
        public required NewQueueMessage Message { get; set; }
        public required RecipientDomain Domain { get; init; }
        public required List<QueueEntryRecipient> Open { get; init; }
        public required DateTimeOffset Due { get; set; }
        public int Attempts { get; set; }
        public DateTimeOffset? LastAttempt { get; set; }
        public DelayNotice DelayNotice { get; set; }
        public string Explanation { get; set; } = "";
        public string? Owner { get; set; }
        public Guid Token { get; set; }
        public DateTimeOffset Until { get; set; }
        public DateTimeOffset Available => Due > Until ? Due : Until;
    }

    private readonly Lock _gate = new();
    private readonly List<Work> _work = [];
    private long _lastId;

    public ValueTask<StoreResult<QueueMessageId>> AddAsync(NewQueueMessage message, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return Stored(Add(message));
    }

    public ValueTask<StoreResult<IReadOnlyList<QueueLease>>> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            var due = _work.Where(work => work.Available <= request.Now && !request.BusyDomains.Contains(work.Domain))
                .OrderByDescending(work => work.Message.Envelope.RequestedPriority ?? 0).ThenBy(work => work.Available).ThenBy(work => work.Id).DistinctBy(work => work.Domain).Take(request.Max).ToList();
            return Stored<IReadOnlyList<QueueLease>>([.. due.Select(work => Take(work, request))]);
        }
    }

    public ValueTask<StoreResult<LeaseState>> RenewAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancellationToken = default) =>
        Held(lease, work => work.Until = until);

    public ValueTask<StoreResult<LeaseState>> ReleaseAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) =>
        Held(lease, work => End(work, due));

    public ValueTask<StoreResult<LeaseState>> PostponeAsync(QueueLease lease, DateTimeOffset due, CancellationToken cancellationToken = default) =>
        Held(lease, work =>
        {
            work.Attempts--;
            work.LastAttempt = work.Attempts == 0 ? null : work.LastAttempt;
            End(work, due);
        });

    public ValueTask<StoreResult<MessageState>> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            var found = _work.FindAll(work => work.Id == message.Value);
            found.ForEach(work => work.Message = work.Message with { Transport = transport });
            return Stored(found.Count == 0 ? MessageState.Gone : MessageState.Queued);
        }
    }

    public ValueTask<StoreResult<LeaseState>> CompleteAsync(QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice = null, CancellationToken cancellationToken = default) =>
        Held(lease, work =>
        {
            foreach (var recipient in completion.Recipients)
            {
                var at = work.Open.FindIndex(open => open.Recipient == recipient.Recipient);
                if (recipient.Outcome == RecipientFate.Retry)
                    work.Open[at] = new QueueEntryRecipient(recipient.Recipient, recipient.Status, recipient.Detail);
                else
                    work.Open.RemoveAll(open => open.Recipient == recipient.Recipient);
            }
            (work.DelayNotice, work.Explanation) = (completion.DelayNotice, completion.Explanation);
            End(work, completion.RetryAt);
            if (work.Open.Count == 0)
                _work.Remove(work);
            if (notice is not null)
                Add(notice);
        });

    public ValueTask<StoreResult<DateTimeOffset?>> GetNextDueAsync(IReadOnlyCollection<RecipientDomain> busyDomains, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return Stored(_work.Where(work => !busyDomains.Contains(work.Domain)).Min(work => (DateTimeOffset?)work.Available));
    }

    public ValueTask<StoreResult<IReadOnlyList<QueueEntry>>> ListAsync(QueueMessageId after, int max, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return Stored<IReadOnlyList<QueueEntry>>([.. _work.Where(work => work.Id > after.Value).OrderBy(work => work.Id).Select(Entry)]);
    }

    private QueueMessageId Add(NewQueueMessage message)
    {
        var id = ++_lastId;
        foreach (var group in message.Envelope.Recipients.GroupBy(recipient => recipient.Path.RecipientDomain!.Value))
            _work.Add(new Work
            {
                Id = id, Message = message, Domain = group.Key, Due = message.Received,
                Open = [.. group.Select(recipient => new QueueEntryRecipient(recipient.Path, null, ""))],
            });
        return new QueueMessageId(id);
    }

    private static QueueLease Take(Work work, LeaseRequest request)
    {
        work.Attempts++;
        (work.LastAttempt, work.Owner, work.Token, work.Until) = (request.Now, request.Owner, Guid.NewGuid(), request.Now + request.Duration);
        work.Due = request.ProvisionalRetry(work.Attempts);
        return new QueueLease
        {
            Token = work.Token, MessageId = new QueueMessageId(work.Id), Domain = work.Domain, Attempt = work.Attempts, Expires = work.Until,
            Received = work.Message.Received, DelayNotice = work.DelayNotice, EnvelopeId = work.Message.EnvelopeId ?? work.Message.Envelope.EnvelopeId, Content = work.Message.Content,
            Account = work.Message.Account, Transport = work.Message.Transport,
            Envelope = work.Message.Envelope with { Recipients = [.. work.Open.Select(open => work.Message.Envelope.Recipients.First(one => one.Path == open.Recipient))] },
        };
    }

    private static void End(Work work, DateTimeOffset due) => (work.Due, work.Owner, work.Token, work.Until) = (due, null, Guid.Empty, default);

    private static QueueEntry Entry(Work work) => new()
    {
        MessageId = new QueueMessageId(work.Id), Domain = work.Domain, ReversePath = work.Message.Envelope.ReversePath, Recipients = [.. work.Open],
        Received = work.Message.Received, Size = work.Message.Content.Length, Attempts = work.Attempts, Due = work.Due, LastAttempt = work.LastAttempt,
        LeaseOwner = work.Owner, Account = work.Message.Account, Transport = work.Message.Transport, Explanation = work.Explanation,
    };

    private ValueTask<StoreResult<LeaseState>> Held(QueueLease lease, Action<Work> write)
    {
        lock (_gate)
        {
            if (_work.Find(work => work.Token == lease.Token) is not { } work)
                return Stored(LeaseState.Lost);
            write(work);
            return Stored(LeaseState.Held);
        }
    }

    private static ValueTask<StoreResult<T>> Stored<T>(T value) => new(new StoreResult<T>.Stored(value));
}
