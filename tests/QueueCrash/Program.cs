using Mail.Security.Queue;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using QueueCrash;

// QueueCrash add PATH: adds messages without end, several at a time, and prints the id of each one that is acknowledged.
// QueueCrash lease PATH: takes every lease that is due, prints "leased N", and waits to be killed.
// QueueCrash work PATH OWNER COUNT: adds COUNT messages, and takes and completes leases until the queue is empty; prints each lease it completed.
await using var database = new SqliteDatabase(new SqliteStoreOptions { Path = args[1], BusyTimeout = TimeSpan.FromSeconds(30) }, NullLogger<SqliteDatabase>.Instance);
var store = new SqliteMailQueueStore(database);
var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
return args[0] switch
{
    "add" => await AddAsync(),
    "lease" => await LeaseAsync(),
    "work" => await WorkAsync(args[2], int.Parse(args[3], null)),
    _ => 2,
};

async Task<int> AddAsync()
{
    int[] sizes = [100, 65_535, 65_536, 65_537, 400_000];
    await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
    {
        for (var i = writer; ; i++)
            if (await store.AddAsync(CheckedMessage.Make(sizes[i % sizes.Length])) is StoreResult<QueueMessageId>.Stored(var id))
                await output.WriteLineAsync(id.ToString());
    })));
    return 0;
}

async Task<int> LeaseAsync()
{
    var leases = await AcquireAsync("crashed", 100);
    await output.WriteLineAsync($"leased {leases.Count}");
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    return 0;
}

async Task<int> WorkAsync(string owner, int count)
{
    for (var i = 0; i < count; i++)
        if (await store.AddAsync(CheckedMessage.Make(1000)) is StoreResult<QueueMessageId>.Unavailable(var reason, _))
            throw new IOException($"not added: {reason}");
    while (await store.GetNextDueAsync([]) is StoreResult<DateTimeOffset?>.Stored(not null))
    {
        foreach (var lease in await AcquireAsync(owner, 3))
        {
            var whole = CheckedMessage.IsWhole(lease) ? "whole" : "broken";
            var completion = new LeaseCompletion
            {
                Recipients = [.. lease.Envelope.Recipients.Select(recipient => new RecipientCompletion(recipient.Path, RecipientFate.Delivered, new(2, 0, 0), ""))],
                RetryAt = lease.Expires,
            };
            var state = await store.CompleteAsync(lease, completion);
            await output.WriteLineAsync($"{lease.MessageId} {lease.Domain} {lease.Attempt} {whole} {(state as StoreResult<LeaseState>.Stored)?.Value}");
        }
    }
    return 0;
}

async Task<IReadOnlyList<QueueLease>> AcquireAsync(string owner, int max)
{
    var now = TimeProvider.System.GetUtcNow();
    var request = new LeaseRequest { Owner = owner, Now = now, Duration = TimeSpan.FromMinutes(2), Max = max, ProvisionalRetry = _ => now + TimeSpan.FromMinutes(1) };
    return ((StoreResult<IReadOnlyList<QueueLease>>.Stored)await store.AcquireAsync(request)).Value;
}
