using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Opens connections to the file, each with the settings the durability of the queue rests on.</summary>
internal sealed class SqliteConnector(SqliteStoreOptions options, ILogger logger)
{
    private readonly string _path = Path.GetFullPath(options.Path);
    private readonly long? _maxBytes = options.MaxBytes;
    private readonly int _busySeconds = options.BusySeconds;

    public SqliteSession OpenWriter()
    {
        var session = Open(SqliteOpenMode.ReadWriteCreate, pooling: false);
        try
        {
            Configure(session);
            session.SchemaVersion = SqliteSchema.Migrate(session, logger);
            SqliteLog.Opened(logger, _path, session.SchemaVersion);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public SqliteSession OpenReader() => Open(SqliteOpenMode.ReadOnly, pooling: true);

    public void ForgetReaders()
    {
        using var connection = new SqliteConnection(ConnectionString(SqliteOpenMode.ReadOnly, pooling: true));
        SqliteConnection.ClearPool(connection);
    }

    private SqliteSession Open(SqliteOpenMode mode, bool pooling)
    {
        var connection = new SqliteConnection(ConnectionString(mode, pooling));
        try
        {
            connection.Open();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConnectionString(SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = _path, Mode = mode, Pooling = pooling, ForeignKeys = true, DefaultTimeout = _busySeconds,
    }.ToString();

    private void Configure(SqliteSession session)
    {
        var journal = session.Scalar<string>("PRAGMA journal_mode=WAL");
        if (journal != "wal")
            throw new IncompatibleSchemaException($"The file system does not serve a write-ahead log: the journal mode is {journal}.");
        session.Execute("PRAGMA synchronous=FULL");                // a commit is on the disk when it returns
        session.Execute("PRAGMA journal_size_limit=67108864");
        if (_maxBytes is { } bytes)
        {
            var pageSize = session.Scalar<long>("PRAGMA page_size");
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={Math.Max(1, bytes / pageSize)}"));
        }
    }
}
