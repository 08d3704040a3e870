using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private static readonly string[] Names = ["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16"];

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public int SchemaVersion { get; set; }

    /// <summary>The write-ahead log, which stands beside the file that a symbolic link leads to.</summary>
    public string LogPath => FilePath + "-wal";

    private string FilePath => SQLitePCL.raw.sqlite3_db_filename(connection.Handle!, "main").utf8_to_string();

    /// <summary>Runs a statement; its parameters are $1, $2 and so on.</summary>
    /// <returns>The number of rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query of one value; default when there is no row or the value is null.</summary>
    public T? Scalar<T>(string sql, params ReadOnlySpan<object?> values) =>
        Prepare(sql, values).ExecuteScalar() is T value ? value : default;

    /// <summary>Runs a query; the caller disposes the reader before it runs the same statement again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>SQLite opens a file that it may not write to for reading, and fails later with a less plain reason.</summary>
    public void ThrowIfReadOnly()
    {
        if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            throw new SqliteException("The database cannot be written to.", SQLitePCL.raw.SQLITE_READONLY);
    }

    /// <summary>
    /// Whether the files at the path are still those of this connection. One that was removed or replaced takes writes as before, and
    /// nobody finds them again: not a new connection, and not this process when it is started anew.
    /// </summary>
    public bool IsAtItsPath() => !HasMoved() && File.Exists(LogPath) && File.Exists(FilePath + "-shm");

    /// <summary>Undoes an open transaction; SQLite may have undone it already.</summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            Execute("ROLLBACK");
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        connection.Dispose();
    }

    // An application that brings an SQLite of its own goes without the question whether the database file itself was replaced.
    private bool HasMoved() =>
        SQLitePCL.raw.GetNativeLibraryName() == NativeMethods.Library
        && NativeMethods.FileControl(connection.Handle!.DangerousGetHandle(), 0, NativeMethods.HasMoved, out var moved) == SQLitePCL.raw.SQLITE_OK
        && moved != 0;

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant of this package
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = Names[i] });
            _commands.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
