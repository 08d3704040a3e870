using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Opens connections to the file, each with the settings the durability of the queue rests on.</summary>
internal sealed class SqliteConnector(SqliteStoreOptions options, ILogger logger)
{
    private readonly string _path = System.IO.Path.GetFullPath(options.Path);
    private readonly int _busySeconds = options.BusySeconds;

    public string Path => _path;

    public SqliteSession OpenWriter()
    {
        CreateForOwnerOnly();
        var session = Open(SqliteOpenMode.ReadWriteCreate, pooling: false);
        try
        {
            session.ThrowIfReadOnly();
            SqliteSchema.Current(session);                         // before anything is set: another program's database keeps its settings
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

    // The file holds mail: SQLite alone would make it as readable as the umask allows. Its -wal and -shm take over what the file has. Made
    // under another name, since closing a descriptor of the file itself would take the locks of every connection in this process.
    private void CreateForOwnerOnly()
    {
        if (OperatingSystem.IsWindows() || File.Exists(_path))
            return;
        var made = $"{_path}.{Guid.NewGuid():N}.new";
        try
        {
            new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
            File.Move(made, _path, overwrite: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(made))                                 // another was faster; or nothing can be made here, and SQLite says why
                File.Delete(made);
        }
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

    private static void Configure(SqliteSession session)
    {
        var journal = session.Scalar<string>("PRAGMA journal_mode=WAL");
        if (journal != "wal")
            throw new IncompatibleSchemaException($"The file system does not serve a write-ahead log: the journal mode is {journal}.");
        session.Execute("PRAGMA synchronous=FULL");                // a commit is on the disk when it returns
        session.Execute("PRAGMA journal_size_limit=67108864");
    }
}
