namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>The generator's own eye for replies: it shares no code with the server it judges.</summary>
internal static class ReplyLine
{
    /// <summary>The code of a line that ends with LF; negative when more lines of the reply follow; 0 when it is no line of a reply (RFC 5321 §4.2).</summary>
    public static int CodeOf(ReadOnlySpan<byte> line)
    {
        if (line.Length < 5 || line[^2] != '\r')
            return 0;
        var code = 0;
        foreach (var digit in line[..3])
        {
            if (!char.IsAsciiDigit((char)digit))
                return 0;
            code = code * 10 + (digit - '0');
        }
        return line[3] switch
        {
            (byte)' ' => code,
            (byte)'-' => -code,
            (byte)'\r' when line.Length == 5 => code,
            _ => 0,
        };
    }
}
