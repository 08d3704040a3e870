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

    /// <summary>
    /// The octets that stay free on the disk: a message that would take of them is refused (<see cref="Mail.Security.Queue.StoreFailure.Full"/>). Without room to write
    /// leases and results the queue could not empty itself. 64 MiB unless told; 0 for none. Counts where the operating system tells how much is free.
    /// </summary>
    public long MinFreeBytes { get; set; } = 64 << 20;

    internal int BusySeconds => (int)Math.Clamp(Math.Ceiling(BusyTimeout.TotalSeconds), 1, 3600);
}
