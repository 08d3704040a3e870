using System.Text;
using System.Text.Unicode;
using SendMail.Running;

namespace SendMail.Messages;

/// <summary>A message as it was handed in: its fields and its body, lines ended by CRLF.</summary>
/// <remarks>
/// What is read is read as sendmail reads it. A line that is no field ends the header and begins the body, and the line "From " that mailboxes put before a message is dropped.
/// </remarks>
internal sealed class MessageDraft
{
    public const string Resent = "Resent-";

    private MessageDraft(List<HeaderField> fields, ReadOnlyMemory<byte> body) => (Fields, Body) = (fields, body);

    public IReadOnlyList<HeaderField> Fields { get; }

    /// <summary>What comes after the empty line.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Whether somebody sends on what another wrote.</summary>
    public bool IsResent => Fields.Any(one => one.IsResent);

    /// <summary>
    /// The fields of the last resending. It stands first, and has each field once: what a second one of a name is, belongs to the resending before (RFC 5322 §3.6.6), whose recipients
    /// have the message.
    /// </summary>
    public IReadOnlyList<HeaderField> ResentBlock
    {
        get
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            return [.. Fields.Where(one => one.IsResent).TakeWhile(one => names.Add(one.Name))];
        }
    }

    /// <summary>Reads a message.</summary>
    /// <param name="message">The octets, lines ended by CRLF.</param>
    /// <exception cref="CommandException">With <see cref="ExitCode.DataError"/>: the header is no text in UTF-8.</exception>
    public static MessageDraft Parse(ReadOnlyMemory<byte> message)
    {
        var fields = new List<HeaderField>();
        var rest = message.Span.StartsWith("From "u8) || message.Span.StartsWith(">From "u8) ? message[LineLength(message)..] : message;
        while (NameLength(rest.Span) is var name and > 0)
        {
            var length = FieldLength(rest);
            fields.Add(new HeaderField(Encoding.ASCII.GetString(rest.Span[..name]), rest[..length]));
            rest = rest[length..];
        }
        // RFC 6532 §3.2: what is not ASCII in a header is UTF-8.
        if (fields.FirstOrDefault(field => !Utf8.IsValid(field.Octets.Span)) is { } wrong)
            throw new CommandException(ExitCode.DataError, $"The field {wrong.Name} is neither ASCII nor UTF-8.");
        return new MessageDraft(fields, rest.Span.StartsWith("\r\n"u8) ? rest[2..] : rest);
    }

    private static int LineLength(ReadOnlyMemory<byte> text) => text.Span.IndexOf("\r\n"u8) is var end and >= 0 ? end + 2 : text.Length;

    private static int FieldLength(ReadOnlyMemory<byte> text)
    {
        var length = LineLength(text);
        while (length < text.Length && text.Span[length] is (byte)' ' or (byte)'\t')
            length += LineLength(text[length..]);
        return length;
    }

    // RFC 5322 §3.6.8: a name is printable ASCII without the colon; before that there may be white space (RFC 5322 §4.5). 0 when the line is no field.
    private static int NameLength(ReadOnlySpan<byte> line)
    {
        var length = line.IndexOfAnyExceptInRange((byte)'!', (byte)'~') is var end && end < 0 ? line.Length : end;
        if (line[..length].IndexOf((byte)':') is var colon and >= 0)
            return colon;
        var rest = line[length..].TrimStart(" \t"u8);
        return length > 0 && rest.Length > 0 && rest[0] == (byte)':' ? length : 0;
    }
}
