using Mail.Security.Queue;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Relay.Demo;

/// <summary>Looks into the relay's database from outside, as an operator's tool would.</summary>
internal sealed class QueueView(string file) : IAsyncDisposable
{
    private readonly SqliteDatabase _database = new(new SqliteStoreOptions { Path = file }, NullLogger<SqliteDatabase>.Instance);

    /// <summary>What waits for a domain; null for nothing.</summary>
    public async Task<QueueEntry?> FindAsync(string domain, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(entry => entry.Domain.Name.Ascii == domain);

    /// <summary>All that waits.</summary>
    public async Task<IReadOnlyList<QueueEntry>> ListAsync(CancellationToken cancellationToken) =>
        await new SqliteMailQueueStore(_database).ListAsync(default, 1000, cancellationToken) switch
        {
            StoreResult<IReadOnlyList<QueueEntry>>.Stored(var entries) => entries,
            StoreResult<IReadOnlyList<QueueEntry>>.Unavailable(var reason, var detail) => throw new IOException($"The relay's database cannot be read ({reason}): {detail}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
