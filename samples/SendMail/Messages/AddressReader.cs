using System.Text;
using Mail.Security;
using MimeKit;
using SendMail.Running;

namespace SendMail.Messages;

/// <summary>Reads lists of addresses, of the command line and of a header: with names, comments and groups. Addresses without a domain get one.</summary>
internal sealed class AddressReader(DomainName domain)
{
    // A comma always parts addresses: read as part of a name, it would make one recipient of "root, Eve <eve@example.org>".
    private static readonly ParserOptions Options = new()
    {
        AllowAddressesWithoutDomain = true,
        AllowUnquotedCommasInAddresses = false,
        AddressParserComplianceMode = RfcComplianceMode.Strict,
    };

    /// <summary>Reads a list. One that is empty has no address.</summary>
    /// <param name="text">The list, without folding.</param>
    /// <param name="where">Where it stands, for the sentence of a fault.</param>
    /// <exception cref="CommandException">With <see cref="ExitCode.DataError"/>: it is no list of addresses.</exception>
    public IEnumerable<MailPath> Read(byte[] text, string where)
    {
        if (text.AsSpan().Trim(" \t"u8).IsEmpty)
            return [];
        if (!InternetAddressList.TryParse(Options, text, out var list))
            throw Wrong($"{where}: '{Encoding.UTF8.GetString(text).Trim()}' is not a list of mail addresses");
        return [.. list.Mailboxes.Select(mailbox => Path(mailbox.Address, where))];
    }

    /// <summary>Reads one address, such as that of -f.</summary>
    /// <exception cref="CommandException">With <see cref="ExitCode.Usage"/>: it is none.</exception>
    public MailPath ReadSender(string text) => InternetAddressList.TryParse(Options, Encoding.UTF8.GetBytes(text), out var list) && list.Count == 1 && list[0] is MailboxAddress mailbox
        ? Path(mailbox.Address, "-f")
        : throw new CommandException(ExitCode.Usage, $"-f: '{text}' is not a mail address.");

    private MailPath Path(string address, string where) =>
        MailPath.TryParse(address.Contains('@', StringComparison.Ordinal) ? address : $"{address}@{domain.Ascii}", out var path, out var fault) ? path
        : throw Wrong($"{where}: '{address}' is not a mail address that can be sent to ({fault})");

    private static CommandException Wrong(string sentence) => new(ExitCode.DataError, $"{sentence}.");
}
