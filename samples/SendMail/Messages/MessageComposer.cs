using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mail.Security;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using MimeKit.Utils;
using SendMail.Arguments;
using SendMail.Configuration;
using SendMail.Running;

namespace SendMail.Messages;

/// <summary>Makes of what was handed in what goes to the server: the envelope, no Bcc, and the fields every message has.</summary>
internal sealed class MessageComposer(SendArguments arguments, SendConfiguration configuration, TimeProvider time)
{
    // Bcc is for the sender's eyes only (RFC 5322 §3.6.3), and Return-Path is for the end of the way: who originates a message sends none (RFC 5321 §4.4).
    private static readonly string[] Dropped = ["Bcc", "Resent-Bcc", "Return-Path"];
    private static readonly string[] Recipients = ["To", "Cc", "Bcc"];

    private readonly AddressReader _addresses = new(configuration.Domain);

    /// <summary>Composes the message.</summary>
    /// <param name="message">What was handed in, lines ended by CRLF.</param>
    /// <exception cref="CommandException">There is no recipient (<see cref="ExitCode.Usage"/>), or an address or the header is wrong.</exception>
    public OutgoingMail Compose(ReadOnlyMemory<byte> message)
    {
        var draft = MessageDraft.Parse(message);
        var sender = arguments.Sender switch
        {
            null => configuration.Sender,
            "" => MailPath.Null,
            var text => _addresses.ReadSender(text),
        };
        var recipients = FindRecipients(draft);
        List<HeaderField> header = [.. Missing(draft, sender), .. draft.Fields.Where(field => !Dropped.Any(field.Is))];
        var content = Join(header, draft.Body);
        return new OutgoingMail(new SmtpEnvelope
        {
            ReversePath = sender,
            Recipients = [.. recipients.Select(Recipient)],
            TlsDemand = arguments.TlsDemand == TlsDemand.RequireTls ? TlsDemand.RequireTls : TlsDemand.Default,
            Body = Ascii.IsValid(content.Span) ? BodyType.SevenBit : BodyType.EightBitMime,
            SmtpUtf8 = header.Any(field => !Ascii.IsValid(field.Octets.Span)),
            Return = arguments.Return,
            EnvelopeId = arguments.EnvelopeId,
        }, content);
    }

    private List<MailPath> FindRecipients(MessageDraft draft)
    {
        var found = arguments.Recipients.SelectMany(text => _addresses.Read(Encoding.UTF8.GetBytes(text), "recipient"));
        if (arguments.ReadsRecipients)
        {
            // RFC 5322 §3.6.6: who sends a message on sends it to the recipients of the resending, and to no other.
            var (fields, prefix) = draft.IsResent ? (draft.ResentBlock, MessageDraft.Resent) : (draft.Fields, "");
            found = found.Concat(fields.Where(field => Recipients.Any(name => field.Is(prefix + name))).SelectMany(field => _addresses.Read(field.Value, field.Name)));
        }
        var recipients = found.Distinct().ToList();
        return recipients.Count > 0 ? recipients : throw new CommandException(ExitCode.Usage, arguments.ReadsRecipients
            ? "The header names no recipient, and the command line neither."
            : "No recipient is named; name one, or read them from the header by -t.");
    }

    private SmtpRecipient Recipient(MailPath path) => arguments.Notify == DsnNotify.Unspecified ? new SmtpRecipient(path) : new SmtpRecipient(path)
    {
        Notify = arguments.Notify,
        OriginalRecipient = new OriginalRecipient(path.NeedsSmtpUtf8 ? "utf-8" : "rfc822", path.ToString()),
    };

    // RFC 5322 §3.6: Date and From must be there, Message-ID should; of a resending the same with its prefix.
    private IEnumerable<HeaderField> Missing(MessageDraft draft, MailPath sender)
    {
        var (fields, prefix) = draft.IsResent ? (draft.ResentBlock, MessageDraft.Resent) : (draft.Fields, "");
        if (!fields.Any(field => field.Is(prefix + "Date")))
            yield return HeaderField.Make(prefix + "Date", time.GetLocalNow().ToString("ddd, dd MMM yyyy HH':'mm':'ss zz", CultureInfo.InvariantCulture) + time.GetLocalNow().Offset.ToString("mm", CultureInfo.InvariantCulture));
        if (!fields.Any(field => field.Is(prefix + "From")))
            yield return HeaderField.Make(prefix + "From", From(sender.IsNull ? configuration.Sender : sender));
        if (!fields.Any(field => field.Is(prefix + "Message-ID")))
            yield return HeaderField.Make(prefix + "Message-ID", FormattableString.Invariant($"<{time.GetUtcNow():yyyyMMddHHmmss}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}@{configuration.HostName.Ascii}>"));
        if (arguments.TlsDemand == TlsDemand.TlsRequiredNo && !draft.Fields.Any(field => field.Is(TlsRequiredHeader.FieldName)))
            yield return new HeaderField(TlsRequiredHeader.FieldName, TlsRequiredHeader.Line.ToArray());
    }

    // A name that is not ASCII is encoded; an address that is not needs SMTPUTF8 anyway.
    private string From(MailPath sender)
    {
        if (arguments.FullName.Length == 0)
            return sender.ToString();
        var name = new string([.. arguments.FullName.Where(letter => !char.IsControl(letter))]);
        return $"{Encoding.ASCII.GetString(Rfc2047.EncodePhrase(Encoding.UTF8, name))} <{sender}>".Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    private static ReadOnlyMemory<byte> Join(List<HeaderField> header, ReadOnlyMemory<byte> body)
    {
        var content = new byte[header.Sum(field => field.Octets.Length) + 2 + body.Length];
        var at = 0;
        foreach (var part in header.Select(field => field.Octets).Append("\r\n"u8.ToArray()).Append(body))
        {
            part.CopyTo(content.AsMemory(at));
            at += part.Length;
        }
        return content;
    }
}
