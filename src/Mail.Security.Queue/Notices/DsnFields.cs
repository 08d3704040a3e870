using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace Mail.Security.Queue;

/// <summary>The second part of a notice: the fields for programs (RFC 3464 §2).</summary>
internal static class DsnFields
{
    private const int FoldAt = 76;
    private const int MaxWord = 500;
    private const int MaxValue = 4000;

    public static MimePart Part(DsnRequest request, DomainName reportingHost)
    {
        // RFC 6533 §4.4: the UTF-8 type is used only where the plain one would lose something.
        var global = request.Recipients.Any(static recipient => recipient.Recipient.NeedsSmtpUtf8 || recipient.OriginalRecipient is { } original && !Ascii.IsValid(original.Address));
        var fields = new StringBuilder();
        Message(fields, request, reportingHost);
        foreach (var recipient in request.Recipients)
            Recipient(fields, request, recipient, global);
        return new FixedPart("message", global ? "global-delivery-status" : "delivery-status", Encoding.UTF8.GetBytes(fields.ToString()), global ? ContentEncoding.Base64 : ContentEncoding.SevenBit);
    }

    private static void Message(StringBuilder fields, DsnRequest request, DomainName reportingHost)
    {
        if (request.EnvelopeId is { } id && DsnText.Clean(id, MaxValue).Length > 0)
            Add(fields, "Original-Envelope-Id", id, global: false);
        Add(fields, "Reporting-MTA", $"dns; {reportingHost.Ascii}", global: false);
        Add(fields, "Arrival-Date", DateUtils.FormatDate(request.Received), global: false);
        if (request.Envelope.DeliverBy is { } deliver)             // RFC 2852 §5
            Add(fields, "Deliver-By-Date", DateUtils.FormatDate(deliver.By), global: false);
    }

    private static void Recipient(StringBuilder fields, DsnRequest request, DsnRecipient recipient, bool global)
    {
        fields.Append("\r\n");
        var type = recipient.Recipient.NeedsSmtpUtf8 ? "utf-8" : "rfc822";          // RFC 6533 §3
        if (recipient.OriginalRecipient is { } original)
            Add(fields, "Original-Recipient", $"{original.AddressType}; {original.Address}", global);
        Add(fields, "Final-Recipient", $"{type}; {recipient.Recipient}", global);
        Add(fields, "Action", recipient.Action switch { DsnAction.Failed => "failed", DsnAction.Relayed => "relayed", _ => "delayed" }, global);
        Add(fields, "Status", recipient.Status.ToString(), global);
        if (recipient.RemoteMta is { } host && DsnText.Clean(host, MaxValue).Length > 0)
            Add(fields, "Remote-MTA", $"dns; {host}", global);
        if (recipient.RemoteReply is { } reply)
            Add(fields, "Diagnostic-Code", $"smtp; {reply.Code} {string.Join(' ', reply.Lines)}", global);
        Add(fields, "Last-Attempt-Date", DateUtils.FormatDate(request.LastAttempt), global);
        if (recipient.Action == DsnAction.Delayed && request.Upcoming.Count > 0)
            Add(fields, "Will-Retry-Until", DateUtils.FormatDate(request.Upcoming[^1]), global);
    }

    /// <summary>Writes one folded field. What a remote host said can neither end the field nor begin another one.</summary>
    private static void Add(StringBuilder fields, string name, string value, bool global)
    {
        fields.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var word in Words(DsnText.Clean(value, MaxValue), global))
        {
            if (column + 1 + word.Length > FoldAt && column > name.Length + 1)
            {
                fields.Append("\r\n");
                column = 0;
            }
            fields.Append(' ').Append(word);
            column += 1 + word.Length;
        }
        fields.Append("\r\n");
    }

    private static IEnumerable<string> Words(string value, bool global) =>
        from word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        let shown = global ? word : new string([.. word.Select(character => char.IsAscii(character) ? character : '?')])
        from piece in shown.Chunk(MaxWord)
        select new string(piece);
}
