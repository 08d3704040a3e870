using System.Buffers;
using Mail.Security.Smtp;
using SendMail.Arguments;
using SendMail.Running;

namespace SendMail.Messages;

/// <summary>Takes the message from the standard input, and makes CRLF of every line end.</summary>
internal static class MessageInput
{
    private const int Block = 64 * 1024;

    /// <summary>Reads to the end, or to a line with only a dot where that ends a message.</summary>
    /// <exception cref="CommandException">The input is too large or holds a NUL (<see cref="ExitCode.DataError"/>), or cannot be read (<see cref="ExitCode.IOError"/>).</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream input, DotRule dots, int maxSize, CancellationToken cancellationToken)
    {
        var octets = new ArrayBufferWriter<byte>();
        try
        {
            var lineStart = 0;
            while (await input.ReadAsync(octets.GetMemory(Block), cancellationToken) is var read and > 0)
            {
                octets.Advance(read);
                if (octets.WrittenCount > maxSize)
                    throw new CommandException(ExitCode.DataError, $"The message is larger than {maxSize} bytes (MaxSize).");
                if (dots == DotRule.EndsMessage && FindEnd(octets.WrittenSpan, ref lineStart) is var end and >= 0)
                    return Normalise(octets.WrittenSpan[..end]);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.IOError, $"The message cannot be read: {exception.Message}");
        }
        var last = octets.WrittenSpan[(octets.WrittenSpan.LastIndexOf((byte)'\n') + 1)..];
        return Normalise(dots == DotRule.EndsMessage && last.SequenceEqual("."u8) ? octets.WrittenSpan[..^1] : octets.WrittenSpan);
    }

    // Where the line with only a dot begins; -1 when there is none yet.
    private static int FindEnd(ReadOnlySpan<byte> octets, ref int lineStart)
    {
        while (octets[lineStart..].IndexOf((byte)'\n') is var length and >= 0)
        {
            var line = octets.Slice(lineStart, length);
            if (line.SequenceEqual("."u8) || line.SequenceEqual(".\r"u8))
                return lineStart;
            lineStart += length + 1;
        }
        return -1;
    }

    private static ReadOnlyMemory<byte> Normalise(ReadOnlySpan<byte> octets)
    {
        if (octets.Contains((byte)0))
            throw new CommandException(ExitCode.DataError, "The message holds a NUL, which no mail may.");
        var normaliser = new LineEndNormaliser();
        var output = new ArrayBufferWriter<byte>(octets.Length + octets.Length / 16 + 16);
        while (!octets.IsEmpty)
        {
            output.Advance(normaliser.Write(octets, output.GetSpan(LineEndNormaliser.MinRoom), out var consumed));
            octets = octets[consumed..];
        }
        output.Advance(normaliser.Complete(output.GetSpan(LineEndNormaliser.MinRoom)));
        if (!normaliser.EndsWithLineEnd)
            output.Write("\r\n"u8);
        return output.WrittenMemory;
    }
}
