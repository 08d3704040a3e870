namespace Mail.Security.Storage.Sqlite;

/// <summary>Where the database is and what it may take.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The path of the database file; its directory must exist. SQLite keeps two more files beside it, "-wal" and "-shm". A network file system does not serve.</summary>
    public required string Path { get; set; }

    /// <summary>How long an operation waits for another connection's lock before it is <see cref="Mail.Security.Queue.StoreFailure.Locked"/>. 5 seconds unless told; counted in whole seconds, at least 1.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The octets in use beyond which no message is accepted (<see cref="Mail.Security.Queue.StoreFailure.Full"/>); null for no limit but the disk. Leases, results and
    /// notices of what was accepted are written all the same, so that a full queue can empty itself. The log beside the database is not counted.
    /// </summary>
    public long? MaxBytes { get; set; }

    internal int BusySeconds => (int)Math.Clamp(Math.Ceiling(BusyTimeout.TotalSeconds), 1, 3600);
}
