using Mail.Security.Queue;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>What the result codes of SQLite mean to a caller.</summary>
internal static class SqliteFaults
{
    public static StoreFailure Reason(SqliteException fault) => fault.SqliteErrorCode switch
    {
        5 or 6 => StoreFailure.Locked,                             // SQLITE_BUSY, SQLITE_LOCKED
        13 => StoreFailure.Full,                                   // SQLITE_FULL
        3 or 8 => StoreFailure.ReadOnly,                           // SQLITE_PERM, SQLITE_READONLY
        11 or 26 => StoreFailure.Corrupt,                          // SQLITE_CORRUPT, SQLITE_NOTADB
        10 or 14 => StoreFailure.Io,                               // SQLITE_IOERR, SQLITE_CANTOPEN
        _ => StoreFailure.Unspecified,
    };

    public static string Detail(SqliteException fault) => $"{fault.Message} (code {fault.SqliteExtendedErrorCode})";
}
