namespace Mail.Security.Transports;

/// <summary>The content of a message, header and body, as it goes after DATA: lines ended by CRLF, not dot-stuffed.</summary>
/// <remarks>
/// The content may be read several times, once for every attempt and host. It holds no bare CR, bare LF or NUL: a session that
/// meets one refuses the message, because a receiver might read a second message out of it.
/// </remarks>
public abstract class MessageContent
{
    /// <summary>The number of octets <see cref="OpenRead"/> gives, exactly; this is the value of the SIZE parameter (RFC 1870 §5).</summary>
    /// <remarks>A session that meets another number sends no final dot and throws: half a message must not pass for the whole.</remarks>
    public abstract long Length { get; }

    /// <summary>Opens the content at its first octet; the caller disposes the stream.</summary>
    /// <returns>A readable stream of <see cref="Length"/> octets.</returns>
    public abstract Stream OpenRead();

    /// <summary>The content itself where it lies in memory: it is then sent from there, and no stream is opened.</summary>
    /// <param name="bytes">All <see cref="Length"/> octets.</param>
    /// <returns>False when the content is to be read as a stream, which is the default.</returns>
    public virtual bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }
}
