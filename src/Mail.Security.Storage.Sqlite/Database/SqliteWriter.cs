using System.Threading.Channels;
using Mail.Security.Queue;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The only writer of a database: one thread that commits everything that waits in one transaction (group commit).</summary>
/// <remarks>
/// An operation is told of success after the commit and never before. When a shared transaction fails for want of room, or because one
/// operation's content cannot be read, each operation is tried alone, so that nobody pays for another one's failure.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int MaxWaiting = 4096;

    private readonly SqliteConnector _connector;
    private readonly ILogger _logger;
    private readonly SqliteMeters _meters;
    private readonly Channel<WriteOperation> _waiting =
        Channel.CreateBounded<WriteOperation>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteSession? _session;

    public SqliteWriter(SqliteConnector connector, ILogger logger, SqliteMeters meters)
    {
        (_connector, _logger, _meters) = (connector, logger, meters);
        new Thread(Run) { IsBackground = true, Name = "mailsec-sqlite-writer" }.Start();
    }

    public async ValueTask<StoreResult<T>> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation<T>(work, cancellationToken);
        try
        {
            await _waiting.Writer.WriteAsync(operation, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteDatabase));
        }
        return await operation.Result.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var batch = new List<WriteOperation>();
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var operation))
                if (operation.Begin())
                    batch.Add(operation);
            Process(batch);
            batch.Clear();
        }
        Close();
        _ended.SetResult();
    }

    private void Process(List<WriteOperation> batch)
    {
        if (batch.Count == 0)
            return;
        var failure = Commit(batch);
        if (failure is { IsOfOneOperation: true } && batch.Count > 1)
        {
            foreach (var operation in batch)
                if (Commit([operation]) is { } own)
                    operation.Fail(own);
        }
        else if (failure is not null)
        {
            foreach (var operation in batch)
                operation.Fail(failure);
        }
    }

    private WriteFailure? Commit(List<WriteOperation> batch)
    {
        try
        {
            ReopenIfMoved();
            _session ??= _connector.OpenWriter();
            var began = SqliteMeters.Begin();
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var operation in batch)
                operation.Execute(_session);
            _session.Execute("COMMIT");
            if (ReopenIfMoved())
                return Moved();
            _meters.Committed(began, batch.Count);
        }
        catch (SqliteException fault)
        {
            return Failed(fault);
        }
        catch (IncompatibleSchemaException fault)
        {
            Close();
            SqliteLog.Failed(_logger, StoreFailure.Incompatible, fault.Message);
            return new WriteFailure(StoreFailure.Incompatible, fault.Message);
        }
        catch (StoredDataException fault)
        {
            _meters.Failed(StoreFailure.Corrupt);
            SqliteLog.Failed(_logger, StoreFailure.Corrupt, fault.Message);
            return Undo() ?? new WriteFailure(StoreFailure.Corrupt, fault.Message);
        }
        catch (Exception fault)                                    // of the operation itself, such as a content that cannot be read
        {
            return Undo() ?? new WriteFailure(StoreFailure.Unspecified, fault.Message, fault);
        }
        foreach (var operation in batch)
            operation.Succeed();
        return null;
    }

    private WriteFailure Failed(SqliteException fault)
    {
        var failure = new WriteFailure(SqliteFaults.Reason(fault), SqliteFaults.Detail(fault));
        SqliteLog.Failed(_logger, failure.Reason, failure.Detail);
        _meters.Failed(failure.Reason);
        if (failure.Reason is StoreFailure.Locked or StoreFailure.Full)
            Undo();
        else
            Close();                                               // the next operation opens the file anew
        return failure;
    }

    /// <summary>Leaves a file that somebody removed or replaced: what is written there is lost with this process.</summary>
    private bool ReopenIfMoved()
    {
        if (_session is null || _session.IsAtItsPath())
            return false;
        SqliteLog.Moved(_logger, _connector.Path);
        try
        {
            _session.Execute("PRAGMA wal_checkpoint");             // a log that lost its name is merged while it is still open
        }
        catch (SqliteException fault)
        {
            SqliteLog.Failed(_logger, SqliteFaults.Reason(fault), SqliteFaults.Detail(fault));
        }
        _connector.ForgetReaders();
        Close();
        return true;
    }

    private WriteFailure Moved()
    {
        _meters.Failed(StoreFailure.Io);
        return new WriteFailure(StoreFailure.Io, "The database file was removed or replaced while it was open.");
    }

    /// <summary>Undoes the transaction; what cannot be undone is closed, which undoes it as well.</summary>
    private WriteFailure? Undo()
    {
        try
        {
            _session?.Rollback();
            return null;
        }
        catch (SqliteException fault)
        {
            Close();
            return new WriteFailure(SqliteFaults.Reason(fault), SqliteFaults.Detail(fault));
        }
    }

    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }
}
