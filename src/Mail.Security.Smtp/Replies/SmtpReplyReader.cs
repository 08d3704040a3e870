using System.Buffers;

namespace Mail.Security.Smtp;

/// <summary>Reads one whole reply, of one line or of many, without allocating (RFC 5321 §4.2, §4.2.1).</summary>
/// <remarks>
/// <para>The last line has a space behind the code, or nothing; every earlier line has a hyphen; all carry the same code. A code
/// alone is accepted, as RFC 5321 §4.2 asks of clients.</para>
/// <para>Only CRLF ends a line. After <see cref="ReadStatus.Invalid"/> the two ends no longer agree on what was said:
/// close the connection.</para>
/// </remarks>
public static class SmtpReplyReader
{
    /// <summary>Reads one reply.</summary>
    /// <param name="input">The bytes received. Moved behind the reply only when the result is <see cref="ReadStatus.Complete"/>.</param>
    /// <param name="scratch">Room for a reply that lies in several segments; its length is the limit of the whole reply.</param>
    /// <param name="reply">The reply when complete.</param>
    /// <param name="fault">Why the reply is refused; a reply over the limit is refused before its end arrives.</param>
    /// <returns>Whether a reply was read.</returns>
    public static ReadStatus TryRead(ref SequenceReader<byte> input, Span<byte> scratch, out SmtpReplyView reply, out SyntaxFault fault)
    {
        var first = input.UnreadSpan;
        var status = TryRead(first, scratch.Length, out reply, out var consumed, out fault);
        if (status == ReadStatus.NeedMoreData && input.Remaining > first.Length)
            status = TryRead(LineReader.Gather(input, scratch), scratch.Length, out reply, out consumed, out fault);
        input.Advance(consumed);
        return status;
    }

    /// <summary>Reads one reply from bytes that lie in one piece.</summary>
    /// <param name="text">The bytes received.</param>
    /// <param name="limit">The limit of the whole reply.</param>
    /// <param name="reply">The reply when complete.</param>
    /// <param name="consumed">Its length; 0 when the result is not <see cref="ReadStatus.Complete"/>.</param>
    /// <param name="fault">Why the reply is refused; a reply over the limit is refused before its end arrives.</param>
    /// <returns>Whether a reply was read.</returns>
    public static ReadStatus TryRead(ReadOnlySpan<byte> text, int limit, out SmtpReplyView reply, out int consumed, out SyntaxFault fault)
    {
        reply = default;
        consumed = 0;
        var length = 0;
        var code = 0;
        for (var count = 1; ; count++)
        {
            var status = LineReader.TryRead(text[length..], limit - length, out var line, out var used, out fault);
            if (status != ReadStatus.Complete)
                return status;

            length += used;
            var (lineCode, last) = ReadCode(line);
            if (lineCode == 0)
                fault = SyntaxFault.BadReplyCode;
            else if (count > 1 && lineCode != code)
                fault = SyntaxFault.MixedReplyCodes;
            if (fault != SyntaxFault.None)
                return ReadStatus.Invalid;

            code = lineCode;
            if (!last)
                continue;
            reply = new SmtpReplyView(text[..length], code, count);
            consumed = length;
            return ReadStatus.Complete;
        }
    }

    // Zero when the line has no code. RFC 5321 §4.2: the first digit is 2 to 5; the second is not checked, because codes to come
    // are to be understood by the first.
    private static (int Code, bool Last) ReadCode(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2]))
            return default;
        var code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        if (line.Length == 3 || line[3] == (byte)' ')
            return (code, true);
        return line[3] == (byte)'-' ? (code, false) : default;
    }
}
