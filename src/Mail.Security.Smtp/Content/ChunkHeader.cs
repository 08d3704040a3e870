using System.Buffers.Text;

namespace Mail.Security.Smtp;

/// <summary>The argument of BDAT: "size [LAST]" (RFC 3030 §2).</summary>
/// <param name="Size">The number of bytes that follow the command line, 0 or more.</param>
/// <param name="Kind">Whether this chunk is the last.</param>
public readonly record struct ChunkHeader(long Size, ChunkKind Kind)
{
    /// <summary>Reads the <see cref="SmtpCommand.Argument"/> of BDAT; case is ignored.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="header">The header when the result is true.</param>
    /// <param name="fault"><see cref="SyntaxFault.BadChunkSize"/> when the size is missing, is no number, or is more than 2^63-1.</param>
    /// <returns>
    /// False when the argument is wrong. How many bytes follow the command is then unknown: answer and close the connection.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> argument, out ChunkHeader header, out SyntaxFault fault)
    {
        header = default;
        fault = SyntaxFault.BadChunkSize;
        if (argument.IsEmpty || !char.IsAsciiDigit((char)argument[0]) || !Utf8Parser.TryParse(argument, out long size, out var used, 'D'))
            return false;

        var rest = argument[used..];
        var last = rest.TrimStart((byte)' ');
        if (!rest.IsEmpty && (last.Length == rest.Length || !System.Text.Ascii.EqualsIgnoreCase(last, "LAST"u8)))
            return false;
        header = new ChunkHeader(size, last.IsEmpty ? ChunkKind.More : ChunkKind.Last);
        fault = SyntaxFault.None;
        return true;
    }
}
