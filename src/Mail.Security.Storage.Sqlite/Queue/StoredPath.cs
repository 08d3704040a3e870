using System.Text;
using Mail.Security.Delivery;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Paths as the database keeps them: the text of the wire, empty for the null path.</summary>
internal static class StoredPath
{
    public static MailPath Read(string text) =>
        MailPath.TryParse(Encoding.UTF8.GetBytes(text), out var path, out var fault)
            ? path
            : throw new StoredDataException($"The database holds a path that is none ({fault}).");

    public static MailPath ReadRecipient(string text) =>
        Read(text) is { RecipientDomain: not null } path ? path : throw new StoredDataException("The database holds a recipient without a domain.");

    public static TransportName ReadTransport(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? default
        : TransportName.TryParse(row.GetString(column), out var name) ? name
        : throw new StoredDataException("The database holds the name of a transport that is none.");

    public static RecipientDomain ReadDomain(string text) =>
        DomainName.TryParseLax(text, out var name) ? new RecipientDomain(name) : throw new StoredDataException("The database holds a domain that is none.");
}
