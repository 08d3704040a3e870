using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>Streams content after 354: dot-stuffed, block by block, and ended only when it is whole.</summary>
internal sealed class ContentSender(SmtpConnection connection, SmtpTimeouts limits)
{
    private const int Block = 32 * 1024;
    private DataEncoder _encoder;

    /// <summary>Why the content cannot be sent; the final dot was not.</summary>
    public SyntaxFault Fault => _encoder.Fault;

    public async ValueTask<WireResult> SendAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        var output = new ArrayBufferWriter<byte>(Block + 1024);
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                int count;
                long sent = 0;
                while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    sent += count;
                    if (_encoder.Write(buffer.AsSpan(0, count), output) != SyntaxFault.None)
                        return WireResult.Done;
                    if (output.WrittenCount < Block)
                        continue;
                    if (await FlushAsync(output, cancellationToken).ConfigureAwait(false) is { Fault: not null } failed)
                        return failed;
                }
                // Ended here, a message cut short on its way out of the store would count as the message.
                if (sent != content.Length)
                    throw new InvalidDataException(FormattableString.Invariant($"The content says it has {content.Length} octets and gave {sent}."));
                return _encoder.Complete(output) == SyntaxFault.None ? await FlushAsync(output, cancellationToken).ConfigureAwait(false) : WireResult.Done;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async ValueTask<WireResult> FlushAsync(ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var result = await connection.WriteAsync(output.WrittenMemory, limits.DataBlock, cancellationToken).ConfigureAwait(false);
        output.ResetWrittenCount();
        return result;
    }
}
