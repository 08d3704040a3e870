using System.Diagnostics;
using Mail.Security.Dnssec;
using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The keys of trust points (RFC 5011) in an SQLite database, beside the queue that waits when they cannot be read.</summary>
/// <remarks>One resolver uses the keys of a database at a time; others may read them.</remarks>
/// <param name="database">The database; the caller disposes it.</param>
public sealed class SqliteTrustAnchorStore(SqliteDatabase database) : ITrustAnchorStore
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The database cannot be read, or holds what is no trust anchor. Never to be taken for nothing.</exception>
    public async ValueTask<IReadOnlyList<TrackedAnchor>> LoadAsync(CancellationToken cancellationToken = default) =>
        Value(await database.ReadAsync(TrustAnchorRows.Read, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    /// <exception cref="IOException">The database cannot be written; what was there before still is.</exception>
    public async ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> anchors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        // Whole or not at all: what one operation writes is one transaction, on the disk when it is told of.
        Value(await database.WriteAsync(session => TrustAnchorRows.Replace(session, anchors), cancellationToken).ConfigureAwait(false));
    }

    private static T Value<T>(StoreResult<T> result) => result switch
    {
        StoreResult<T>.Stored(var value) => value,
        StoreResult<T>.Unavailable(var reason, var detail) => throw new IOException($"The database is unavailable ({reason}): {detail}"),
        _ => throw new UnreachableException(),
    };
}
