using System.Buffers;

namespace Mail.Security.Transports;

/// <summary>Looks through content for octets above 127.</summary>
internal static class ContentScan
{
    public static async ValueTask<bool> HasEightBitAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                int count;
                while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    if (!System.Text.Ascii.IsValid(buffer.AsSpan(0, count)))
                        return true;
                }
                return false;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
