using System.Buffers;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>What one writes by hand over a span with the vectorised searches of the runtime, all bytes in one piece, not resumable.</summary>
internal static class IndexOfBaselines
{
    private static readonly SearchValues<byte> BadInLine = SearchValues.Create("\r\n\0"u8);

    /// <summary>Finds the end and nothing else: no check of the content, no dot removed. The least that can be done.</summary>
    public static int FindEnd(ReadOnlySpan<byte> wire) => wire.IndexOf("\r\n.\r\n"u8) + 2;

    /// <summary>
    /// Line by line, as strict as ours for content that is clean: the end, each line's first dot, bare CR, bare LF and NUL. Returns
    /// the length of the content without transparency dots, or -1.
    /// </summary>
    public static int ReadLines(ReadOnlySpan<byte> wire)
    {
        var length = 0;
        while (true)
        {
            var end = wire.IndexOfAny(BadInLine);
            if (end < 0 || end + 1 >= wire.Length || wire[end] != (byte)'\r' || wire[end + 1] != (byte)'\n')
                return -1;
            if (end == 1 && wire[0] == (byte)'.')
                return length;
            length += end + 2 - (wire[0] == (byte)'.' ? 1 : 0);
            wire = wire[(end + 2)..];
        }
    }

    /// <summary>Removes the dots by a copy of what stands between them; checks nothing. Returns the length of the content.</summary>
    public static int Unstuff(ReadOnlySpan<byte> wire, Span<byte> output)
    {
        var length = 0;
        if (wire[0] == (byte)'.')
            wire = wire[1..];
        while (true)
        {
            var piece = wire[..(wire.IndexOf("\r\n."u8) + 2)];
            piece.CopyTo(output[length..]);
            length += piece.Length;
            wire = wire[(piece.Length + 1)..];
            if (wire.StartsWith("\r\n"u8))
                return length;
        }
    }

    /// <summary>Doubles the dots by a copy of what stands between them, and writes the end; checks nothing. Returns the length written.</summary>
    public static int Stuff(ReadOnlySpan<byte> content, Span<byte> output)
    {
        var length = 0;
        if (content[0] == (byte)'.')
            output[length++] = (byte)'.';
        for (var at = content.IndexOf("\r\n."u8); at >= 0; at = content.IndexOf("\r\n."u8))
        {
            content[..(at + 3)].CopyTo(output[length..]);
            length += at + 3;
            output[length++] = (byte)'.';
            content = content[(at + 3)..];
        }
        content.CopyTo(output[length..]);
        length += content.Length;
        ".\r\n"u8.CopyTo(output[length..]);
        return length + 3;
    }

    /// <summary>
    /// Splits a MAIL or RCPT line by searches: returns the length of the path plus the length of every parameter value. Knows no
    /// verb, checks no character, takes the first "&gt;" for the end of the path.
    /// </summary>
    public static long SplitPathCommand(ReadOnlySpan<byte> wire)
    {
        var line = wire[..wire.IndexOf("\r\n"u8)];
        var open = line.IndexOf((byte)'<');
        var close = line.IndexOf((byte)'>');
        var sum = (long)(close - open - 1);
        for (var rest = line[(close + 1)..]; !rest.IsEmpty;)
        {
            rest = rest[1..];
            var space = rest.IndexOf((byte)' ');
            var one = space < 0 ? rest : rest[..space];
            sum += one.Length - one.IndexOf((byte)'=') - 1;
            rest = rest[one.Length..];
        }
        return sum;
    }

    /// <summary>Walks a reply by its LFs: returns the code of the first line plus the length of every text. Checks nothing.</summary>
    public static long SplitReply(ReadOnlySpan<byte> wire)
    {
        var sum = (wire[0] - '0') * 100L + (wire[1] - '0') * 10 + (wire[2] - '0');
        while (true)
        {
            var feed = wire.IndexOf((byte)'\n');
            sum += feed - 1 - 4;
            if (wire[3] == (byte)' ')
                return sum;
            wire = wire[(feed + 1)..];
        }
    }
}
