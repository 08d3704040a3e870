using System.Text;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Paths as the database keeps them: the text of the wire, empty for the null path.</summary>
internal static class StoredPath
{
    public static MailPath Read(string text) =>
        MailPath.TryParse(Encoding.UTF8.GetBytes(text), out var path, out var fault)
            ? path
            : throw new InvalidDataException($"The database holds a path that is none ({fault}).");

    public static RecipientDomain ReadDomain(string text) => new(DomainName.ParseLax(text));
}
