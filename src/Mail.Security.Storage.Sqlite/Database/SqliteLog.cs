using Mail.Security.Queue;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

internal static partial class SqliteLog
{
    [LoggerMessage(1700, LogLevel.Information, "Database {Path} is open, schema version {Version}")]
    public static partial void Opened(ILogger logger, string path, int version);

    [LoggerMessage(1701, LogLevel.Information, "The schema was brought from version {From} to {To}")]
    public static partial void Migrated(ILogger logger, int from, int to);

    [LoggerMessage(1702, LogLevel.Error, "The database is unavailable ({Reason}): {Detail}")]
    public static partial void Failed(ILogger logger, StoreFailure reason, string detail);

    [LoggerMessage(1703, LogLevel.Warning, "The MTA-STS policy of {Domain} could not be kept ({Reason}): {Detail}")]
    public static partial void PolicyNotKept(ILogger logger, string domain, StoreFailure reason, string detail);

    [LoggerMessage(1704, LogLevel.Warning, "The kept MTA-STS policy of {Domain} cannot be read any more and is forgotten")]
    public static partial void PolicyUnreadable(ILogger logger, string domain);

    [LoggerMessage(1707, LogLevel.Warning, "What is known of {Domain} could not be read or kept ({Reason}): {Detail}")]
    public static partial void KnowledgeUnavailable(ILogger logger, string domain, StoreFailure reason, string detail);

    [LoggerMessage(1705, LogLevel.Error, "Row {Id} of the table destination cannot be read and is put off: {Detail}")]
    public static partial void Unreadable(ILogger logger, long id, string detail);

    [LoggerMessage(1706, LogLevel.Critical, "Somebody removed or replaced the database {Path}, or its -wal or -shm, while it was open; what was not in the file that is there now is gone. It is opened anew")]
    public static partial void Moved(ILogger logger, string path);
}
