using System.Runtime.InteropServices;

namespace Mail.Security.Transports;

/// <summary>Message content that is already in memory.</summary>
/// <param name="bytes">Header and body, lines ended by CRLF; not copied.</param>
public sealed class BytesContent(ReadOnlyMemory<byte> bytes) : MessageContent
{
    /// <summary>The content itself.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <inheritdoc/>
    public override long Length => Bytes.Length;

    /// <inheritdoc/>
    public override Stream OpenRead() => MemoryMarshal.TryGetArray(Bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(Bytes.ToArray(), writable: false);

    /// <inheritdoc/>
    public override bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = Bytes;
        return true;
    }
}
