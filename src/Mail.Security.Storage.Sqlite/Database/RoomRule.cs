using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Which messages there is room for. Asked for new messages only: what empties the queue is written as long as the disk takes it.</summary>
internal sealed class RoomRule(SqliteStoreOptions options)
{
    private readonly string _path = Path.GetFullPath(options.Path);
    private readonly long? _maxBytes = options.MaxBytes;
    private readonly long _minFreeBytes = options.MinFreeBytes;

    /// <summary>Throws what SQLite throws when there is no room, when a content of this length would take more than the limits leave.</summary>
    public void Check(SqliteSession session, long length)
    {
        if (_maxBytes is { } max && Used(session) + length > max)
            throw new SqliteException("The database has reached its limit.", SQLitePCL.raw.SQLITE_FULL);
        // It goes once into the log, and once from there into the database; and so does what is in the log already.
        if (_minFreeBytes > 0 && Free() is { } free && free - LogLength(session) - 2 * length < _minFreeBytes)
            throw new SqliteException("The disk has no room but what is kept for the queue to empty itself.", SQLitePCL.raw.SQLITE_FULL);
    }

    private static long Used(SqliteSession session) =>
        (session.Scalar<long>("PRAGMA page_count") - session.Scalar<long>("PRAGMA freelist_count")) * session.Scalar<long>("PRAGMA page_size");

    private static long LogLength(SqliteSession session) => new FileInfo(session.LogPath) is { Exists: true } log ? log.Length : 0;

    private long? Free()
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_path)! : Path.GetDirectoryName(_path)!).AvailableFreeSpace;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;                                           // such as a share without a drive letter: SQLite will tell
        }
    }
}
