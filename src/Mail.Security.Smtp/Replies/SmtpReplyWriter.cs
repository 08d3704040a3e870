using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>
/// Writes the replies of a server (RFC 5321 §4.2). Text can hold anything: control characters become "?", so that no text can end the
/// line or begin another reply; text too long for a line is continued on the next (RFC 5321 §4.5.3.1.5).
/// </summary>
public static class SmtpReplyWriter
{
    // RFC 5321 §4.5.3.1.5: 512 bytes, of which the code, its mark and CRLF take 6 and the longest enhanced status code with its
    // space 10 ("5.999.999 ").
    private const int MaxText = 512 - 6 - 10;

    // Code, mark, status and CRLF of one line, whatever the numbers of the status are.
    private const int MaxFrame = 32;

    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(letter => char.IsControl(letter) && letter != '\t')]);

    /// <summary>Writes a reply of one text.</summary>
    /// <param name="output">Receives the bytes to send.</param>
    /// <param name="code">The reply code, 200 to 599.</param>
    /// <param name="status">The enhanced status code to put before the text of each line, or null for none (greeting, HELO, EHLO, 3yz).</param>
    /// <param name="text">The text; it is written as UTF-8, and should be ASCII for a client that did not ask for SMTPUTF8.</param>
    public static void Write(IBufferWriter<byte> output, int code, EnhancedStatus? status, ReadOnlySpan<char> text)
    {
        ArgumentNullException.ThrowIfNull(output);
        CheckCode(code);
        WriteText(output, code, status, text, ' ');
    }

    /// <summary>Writes a refusal.</summary>
    public static void Write(IBufferWriter<byte> output, in SmtpRefusal refusal) => Write(output, refusal.Code, refusal.Status, refusal.Text);

    /// <summary>Writes a reply of several lines; of an empty list, a reply without text.</summary>
    /// <inheritdoc cref="Write(IBufferWriter{byte}, int, EnhancedStatus?, ReadOnlySpan{char})"/>
    /// <param name="output">Receives the bytes to send.</param>
    /// <param name="code">The reply code, 200 to 599.</param>
    /// <param name="status">The enhanced status code to put before the text of each line, or null for none.</param>
    /// <param name="lines">The text of each line.</param>
    public static void WriteLines(IBufferWriter<byte> output, int code, EnhancedStatus? status, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(lines);
        CheckCode(code);
        for (var index = 0; index < lines.Count - 1; index++)
            WriteText(output, code, status, lines[index], '-');
        WriteText(output, code, status, lines.Count == 0 ? "" : lines[^1], ' ');
    }

    /// <summary>Writes the positive answer to EHLO: the greeting line, then one line for each extension (RFC 5321 §4.1.1.1).</summary>
    /// <param name="output">Receives the bytes to send.</param>
    /// <param name="greeting">The server's name, and words of welcome if any.</param>
    /// <param name="extensions">Each extension's keyword and parameters.</param>
    public static void WriteEhlo(IBufferWriter<byte> output, string greeting, IReadOnlyList<string> extensions)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(extensions);
        WriteText(output, 250, null, greeting, extensions.Count == 0 ? ' ' : '-');
        if (extensions.Count > 0)
            WriteLines(output, 250, null, extensions);
    }

    private static void CheckCode(int code)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 599);
    }

    private static void WriteText(IBufferWriter<byte> output, int code, EnhancedStatus? status, ReadOnlySpan<char> text, char lastMark)
    {
        while (true)
        {
            var length = LengthOfLine(text);
            var end = length == text.Length;
            WriteLine(output, code, status, text[..length], end ? lastMark : '-');
            if (end)
                return;
            text = text[length..].TrimStart(' ');
        }
    }

    // As much as fits, cut behind a space when there is one, and never inside a surrogate pair.
    private static int LengthOfLine(ReadOnlySpan<char> text)
    {
        if (text.Length * 3 <= MaxText || Encoding.UTF8.GetByteCount(text) <= MaxText)
            return text.Length;
        var length = 0;
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxText)
                break;
            length += rune.Utf16SequenceLength;
        }
        var space = text[..length].LastIndexOf(' ');
        return space > 0 && text[space..].ContainsAnyExcept(' ') ? space + 1 : length;
    }

    private static void WriteLine(IBufferWriter<byte> output, int code, EnhancedStatus? status, ReadOnlySpan<char> text, char mark)
    {
        if (!text.ContainsAny(Controls))
        {
            WriteClean(output, code, status, text, mark);
            return;
        }
        output.WriteNumber(code);
        output.Write(mark == '-' ? "-"u8 : " "u8);
        if (status is { } enhanced)
            WriteStatus(output, enhanced);
        for (var at = text.IndexOfAny(Controls); at >= 0; at = text.IndexOfAny(Controls))
        {
            output.WriteUtf8(text[..at]);
            output.Write("?"u8);
            text = text[(at + 1)..];
        }
        output.WriteUtf8(text);
        output.Write("\r\n"u8);
    }

    // A line without control characters is put together in one piece of the output.
    private static void WriteClean(IBufferWriter<byte> output, int code, EnhancedStatus? status, ReadOnlySpan<char> text, char mark)
    {
        var span = output.GetSpan(MaxFrame + Encoding.UTF8.GetMaxByteCount(text.Length));
        Utf8Formatter.TryFormat(code, span, out var length);
        span[length++] = (byte)mark;
        if (status is { } enhanced)
        {
            length += Put(enhanced.Class, '.', span[length..]);
            length += Put(enhanced.Subject, '.', span[length..]);
            length += Put(enhanced.Detail, ' ', span[length..]);
        }
        length += Encoding.UTF8.GetBytes(text, span[length..]);
        "\r\n"u8.CopyTo(span[length..]);
        output.Advance(length + 2);
    }

    private static int Put(int number, char behind, Span<byte> span)
    {
        Utf8Formatter.TryFormat(number, span, out var length);
        span[length] = (byte)behind;
        return length + 1;
    }

    private static void WriteStatus(IBufferWriter<byte> output, EnhancedStatus status)
    {
        output.WriteNumber(status.Class);
        output.Write("."u8);
        output.WriteNumber(status.Subject);
        output.Write("."u8);
        output.WriteNumber(status.Detail);
        output.Write(" "u8);
    }
}
