using Mail.Security.Transports;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The content of a stored message, read in pieces.</summary>
internal sealed class SqliteMessageContent(SqliteDatabase database, long message, long length) : MessageContent
{
    public override long Length => length;

    public override Stream OpenRead()
    {
        try
        {
            return new SqliteContentStream(database.OpenReader(), message, length);
        }
        catch (SqliteException fault)
        {
            throw new IOException(SqliteFaults.Detail(fault), fault);
        }
    }
}
