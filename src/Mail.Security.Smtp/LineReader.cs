using System.Buffers;

namespace Mail.Security.Smtp;

/// <summary>Finds one CRLF-ended line; the common ground of the command and the reply reader (RFC 5321 §2.3.8).</summary>
internal static class LineReader
{
    /// <summary>Finds the line at the start of the input, which is not moved: <paramref name="consumed"/> says by how much to.</summary>
    public static ReadStatus TryRead(in SequenceReader<byte> input, Span<byte> scratch, out ReadOnlySpan<byte> line, out int consumed, out SyntaxFault fault)
    {
        var status = TryRead(input.UnreadSpan, scratch.Length, out line, out consumed, out fault);
        if (status != ReadStatus.NeedMoreData || input.Remaining == input.UnreadSpan.Length)
            return status;
        return TryRead(Gather(input, scratch), scratch.Length, out line, out consumed, out fault);
    }

    /// <summary>Finds the line at the start of a span; at most <paramref name="limit"/> bytes of it, CRLF included.</summary>
    public static ReadStatus TryRead(ReadOnlySpan<byte> text, int limit, out ReadOnlySpan<byte> line, out int consumed, out SyntaxFault fault)
    {
        line = default;
        consumed = 0;
        fault = SyntaxFault.None;
        var within = text.Length > limit ? text[..limit] : text;
        var end = within.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);   // one pass for a line in which nothing is wrong
        if (end >= 0 && end + 1 < within.Length && within[end] == (byte)'\r' && within[end + 1] == (byte)'\n')
        {
            line = within[..end];
            consumed = end + 2;
            return ReadStatus.Complete;
        }

        var feed = within.IndexOf((byte)'\n');
        if (feed < 0)
        {
            if (text.Length < limit)
                return ReadStatus.NeedMoreData;
            fault = SyntaxFault.LineTooLong;
            return ReadStatus.Invalid;
        }

        fault = FaultOf(within[..feed]);
        return ReadStatus.Invalid;
    }

    /// <summary>Copies what the input holds, up to the size of the scratch buffer.</summary>
    public static ReadOnlySpan<byte> Gather(in SequenceReader<byte> input, Span<byte> scratch)
    {
        var length = (int)Math.Min(input.Remaining, scratch.Length);
        input.TryCopyTo(scratch[..length]);
        return scratch[..length];
    }

    // What stands before the first LF does not end with CR, or has a CR or a NUL before that.
    private static SyntaxFault FaultOf(ReadOnlySpan<byte> beforeFeed)
    {
        if (beforeFeed.IsEmpty || beforeFeed[^1] != (byte)'\r')
            return SyntaxFault.BareLineFeed;
        return beforeFeed[beforeFeed.IndexOfAny((byte)'\r', (byte)0)] == 0 ? SyntaxFault.NulByte : SyntaxFault.BareCarriageReturn;
    }
}
