using System.Text;
using System.Text.RegularExpressions;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using MimeKit;

namespace Mail.Security.Queue;

/// <summary>The header of the message a notice is about: everything before the empty line, at most 64 KiB of it.</summary>
internal sealed partial class OriginalHeader
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxLine = 998;                               // RFC 5322 §2.1.1
    private const int MaxMessageId = 900;

    private readonly byte[] _bytes;

    private OriginalHeader(byte[] bytes)
    {
        _bytes = bytes;
        MessageId = MessageIdField().Match(Encoding.Latin1.GetString(bytes)) is { Success: true, Groups: var groups } && groups["id"] is { Length: <= MaxMessageId } id ? id.Value : null;
    }

    public static OriginalHeader None { get; } = new([]);

    /// <summary>The Message-ID without angle brackets; null when there is none that can be repeated.</summary>
    public string? MessageId { get; }

    public static async ValueTask<OriginalHeader> ReadAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(content.Length, MaxBytes)];
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return new OriginalHeader(Cut(buffer.AsSpan(0, read)));
        }
    }

    /// <summary>The third part of a notice (RFC 6522 §3, RFC 6533 §4.3).</summary>
    public MimePart Part(SmtpEnvelope envelope)
    {
        var plain = Ascii.IsValid(_bytes);
        var part = !plain && envelope.SmtpUtf8 ? new MimePart("message", "global-headers") : new MimePart("text", "rfc822-headers");
        part.Content = new MimeContent(new MemoryStream(_bytes));
        part.ContentTransferEncoding = !HasWholeLines(_bytes) ? ContentEncoding.Base64
            : plain && LongestLine(_bytes) <= MaxLine ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable;
        return part;
    }

    // RFC 5321 §2.3.8: a bare CR or LF, or a NUL, would make the notice a message that no server should take.
    private static bool HasWholeLines(ReadOnlySpan<byte> bytes)
    {
        foreach (var line in bytes.Split("\r\n"u8))
            if (bytes[line].ContainsAny((byte)'\r', (byte)'\n', (byte)0))
                return false;
        return true;
    }

    private static byte[] Cut(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\r\n"u8))
            return [];
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end >= 0)
            return bytes[..(end + 2)].ToArray();
        var lastLine = bytes.LastIndexOf("\r\n"u8);                // a header longer than the limit ends with its last whole line
        return lastLine < 0 ? [] : bytes[..(lastLine + 2)].ToArray();
    }

    private static int LongestLine(ReadOnlySpan<byte> bytes)
    {
        var longest = 0;
        foreach (var line in bytes.Split("\r\n"u8))
            longest = Math.Max(longest, line.End.Value - line.Start.Value);
        return longest;
    }

    // RFC 5322 §3.6.4: what is no msg-id by these rules is not repeated; the writer of the notice refuses it.
    private const string Atoms = @"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*";

    [GeneratedRegex(@"^Message-ID:[ \t]*(?:\r\n[ \t]+)?<(?<id>" + Atoms + "@(?:" + Atoms + @"|\[[A-Za-z0-9.:]+\]))>", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MessageIdField();
}
