using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>Streams content after 354: dot-stuffed, block by block, and ended only when it is whole.</summary>
internal sealed class ContentSender(SmtpConnection connection, SmtpTimeouts limits)
{
    private const int Block = 64 * 1024;
    private const int ReadBlock = 32 * 1024;
    private const int LeastPiece = 4 * 1024;

    // Room for a piece of the least size, whatever the content says of its own.
    private const int Least = 2 * LeastPiece;

    // The final dot, and room for the envelope of the next message.
    private const int Tail = 1024;

    private DataEncoder _encoder;

    /// <summary>Why the content cannot be sent; the final dot was not written.</summary>
    public SyntaxFault Fault => _encoder.Fault;

    private OutputBuffer Output => connection.Output;

    /// <summary>Sends all but the end of the content: that is left in the output, the final dot included.</summary>
    /// <returns>Null when nothing is wrong with the connection.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WireFault?> SendAsync(MessageContent content, CancellationToken cancellationToken)
    {
        _encoder = default;
        Output.Reserve((int)Math.Clamp(Stuffed(content.Length) + Tail, Least, Block));
        var (fault, length) = content.TryGetBytes(out var bytes)
            ? (await SendAsync(bytes).ConfigureAwait(false), bytes.Length)
            : await SendStreamAsync(content, cancellationToken).ConfigureAwait(false);
        if (fault is not null || Fault != SyntaxFault.None)
            return fault;
        // Ended here, a message cut short on its way out of the store would count as the message.
        if (length != content.Length)
            throw new InvalidDataException(FormattableString.Invariant($"The content says it has {content.Length} octets and gave {length}."));
        _encoder.Complete(Output);
        return null;
    }

    // The most a piece can grow to: a dot can be added for each three octets CR LF dot, for one at the start, and a CR may have been held back.
    private static long Stuffed(long length) => length + length / 3 + 2;

    private async ValueTask<(WireFault? Fault, long Length)> SendStreamAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBlock);
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                long length = 0;
                int count;
                while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    length += count;
                    if (length > content.Length)
                        break;
                    if (await SendAsync(buffer.AsMemory(0, count)).ConfigureAwait(false) is { } fault)
                        return (fault, length);
                    if (Fault != SyntaxFault.None)
                        break;
                }
                return (null, length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireFault?> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = Math.Min(bytes.Length, (Output.Room - 2) / 4 * 3);
            if (piece < Math.Min(bytes.Length, LeastPiece))
            {
                if (await connection.FlushAsync(limits.DataBlock).ConfigureAwait(false) is { } fault)
                    return fault;
                continue;
            }
            if (_encoder.Write(bytes.Span[..piece], Output) != SyntaxFault.None)
                return null;
            bytes = bytes[piece..];
        }
        return null;
    }
}
