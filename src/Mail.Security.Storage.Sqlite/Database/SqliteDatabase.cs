using System.Diagnostics.Metrics;
using Mail.Security.Queue;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

/// <summary>One database file, shared by the stores that are made over it.</summary>
/// <remarks>
/// <para>Write-ahead log with synchronous=FULL: what is committed survives the end of the process and a loss of power. All writes of this
/// object go through one thread, which commits what waits at the same time in one transaction; reads run beside it and never wait for it.</para>
/// <para>The constructor touches no file. The file is opened, and its schema made or migrated, by the first operation; after trouble with the
/// file it is opened anew by the next one, so that a store recovers when its disk does.</para>
/// </remarks>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly SqliteConnector _connector;
    private readonly SqliteWriter _writer;
    private volatile bool _opened;
    private volatile bool _disposed;

    /// <summary>Makes the object; opens nothing.</summary>
    /// <param name="options">Where the file is; read once.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="meters">Makes the meter "Mail.Security.Storage.Sqlite"; null makes one of its own.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public SqliteDatabase(SqliteStoreOptions options, ILogger<SqliteDatabase> logger, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Path, nameof(options));
        Logger = logger;
        Room = new RoomRule(options);
        _connector = new SqliteConnector(options, logger);
        _writer = new SqliteWriter(_connector, logger, new SqliteMeters(meters));
    }

    internal ILogger Logger { get; }

    /// <summary>Opens the file now rather than with the first operation: creates or migrates the schema.</summary>
    /// <param name="cancellationToken">Gives up before the writer begins.</param>
    /// <returns>The version of the schema, or why the database is not usable now.</returns>
    public ValueTask<StoreResult<int>> OpenAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(static session => session.SchemaVersion, cancellationToken);

    /// <summary>Finishes what is queued for writing and closes the file; the log is merged into the database.</summary>
    /// <returns>A task that ends when the file is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        // The last connection to close merges the log, and one that may only read cannot: the readers go first.
        _connector.ForgetReaders();
        await _writer.DisposeAsync().ConfigureAwait(false);
        _connector.ForgetReaders();
    }

    internal RoomRule Room { get; }

    internal async ValueTask<StoreResult<T>> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var result = await _writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        _opened |= result is StoreResult<T>.Stored;
        return result;
    }

    internal async ValueTask<StoreResult<T>> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_opened && await OpenAsync(cancellationToken).ConfigureAwait(false) is StoreResult<int>.Unavailable(var reason, var detail))
            return new StoreResult<T>.Unavailable(reason, detail);
        return await Task.Run<StoreResult<T>>(() =>
        {
            try
            {
                using var session = _connector.OpenReader();
                return new StoreResult<T>.Stored(work(session));
            }
            catch (SqliteException fault)
            {
                var reason = SqliteFaults.Reason(fault);
                if (reason != StoreFailure.Locked)
                    _connector.ForgetReaders();                    // the next operation opens the file anew
                return new StoreResult<T>.Unavailable(reason, SqliteFaults.Detail(fault));
            }
            catch (StoredDataException fault)
            {
                return new StoreResult<T>.Unavailable(StoreFailure.Corrupt, fault.Message);
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    internal SqliteSession OpenReader() => _connector.OpenReader();
}
