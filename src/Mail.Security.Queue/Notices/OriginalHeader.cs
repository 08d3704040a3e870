using System.Text;
using System.Text.RegularExpressions;
using Mail.Security.Smtp;
using MimeKit;

namespace Mail.Security.Queue;

/// <summary>What a notice brings back of the message it is about: the header, everything before the empty line and at most 64 KiB of it, or all of it.</summary>
internal sealed partial class OriginalHeader
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxWhole = 1024 * 1024;
    private const int MaxLine = 998;                               // RFC 5322 §2.1.1
    private const int MaxMessageId = 900;

    private readonly byte[] _bytes;
    private readonly byte[]? _whole;

    private OriginalHeader(byte[] bytes, byte[]? whole = null)
    {
        (_bytes, _whole) = (bytes, whole);
        MessageId = MessageIdField().Match(Encoding.Latin1.GetString(bytes)) is { Success: true, Groups: var groups } && groups["id"] is { Length: <= MaxMessageId } id ? id.Value : null;
    }

    public static OriginalHeader None { get; } = new([]);

    /// <summary>The Message-ID without angle brackets; null when there is none that can be repeated.</summary>
    public string? MessageId { get; }

    /// <summary>Reads as much as the sender wants back and may have.</summary>
    public static async ValueTask<OriginalHeader> ReadAsync(DsnRequest request, CancellationToken cancellationToken)
    {
        var (content, envelope) = (request.Content, request.Envelope);
        // RFC 3461 §4.3: RET is about failures. RFC 8689 §5: what requires TLS does not go back.
        var whole = envelope.Return == DsnReturn.Full && envelope.TlsDemand != TlsDemand.RequireTls && content.Length <= MaxWhole
            && request.Recipients.Any(static recipient => recipient.Action == DsnAction.Failed);
        var buffer = new byte[(int)Math.Min(content.Length, whole ? MaxWhole : MaxBytes)];
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var header = Cut(buffer.AsSpan(0, Math.Min(read, MaxBytes)));
            return new OriginalHeader(header, whole && IsReturnable(buffer.AsSpan(0, read)) ? buffer[..read] : null);
        }
    }

    /// <summary>The third part of a notice (RFC 6522 §3, RFC 6533 §4.3).</summary>
    public MimePart Part(SmtpEnvelope envelope)
    {
        if (_whole is not null)
            return new FixedPart("message", "rfc822", _whole, ContentEncoding.SevenBit);
        var plain = Ascii.IsValid(_bytes);
        var encoding = !HasWholeLines(_bytes) ? ContentEncoding.Base64 : plain && LongestLine(_bytes) <= MaxLine ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable;
        return !plain && envelope.SmtpUtf8 ? new FixedPart("message", "global-headers", _bytes, encoding) : new FixedPart("text", "rfc822-headers", _bytes, encoding);
    }

    // RFC 2046 §5.2.1: a message inside another is not encoded, and one that needs 8BITMIME or BDAT could make the notice one that the sender's host cannot
    // be sent; of a notice that is lost nobody hears. RFC 3461 §6.2 has room for that: it SHOULD be returned.
    private static bool IsReturnable(ReadOnlySpan<byte> message) =>
        Ascii.IsValid(message) && HasWholeLines(message) && LongestLine(message) <= MaxLine;

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
