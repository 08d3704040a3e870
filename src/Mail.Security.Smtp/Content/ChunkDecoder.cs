using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Takes the bytes of one BDAT chunk out of the input: as many as the command announced, whatever they are (RFC 3030 §2). Resumable
/// at any byte; hands out slices of the input and copies nothing.
/// </summary>
/// <remarks>This is a mutable value: keep it in a field or a local, and use one for each chunk.</remarks>
[StructLayout(LayoutKind.Auto)]
public struct ChunkDecoder
{
    /// <summary>A decoder for the chunk of one BDAT command.</summary>
    public ChunkDecoder(ChunkHeader header)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(header.Size);
        Remaining = header.Size;
        Kind = header.Kind;
    }

    /// <summary>How many bytes of the chunk are still to come.</summary>
    public long Remaining { get; private set; }

    /// <summary>Whether more chunks follow this one.</summary>
    public ChunkKind Kind { get; }

    /// <summary>Whether every byte of the chunk was read; true at once for a chunk of size 0.</summary>
    public readonly bool IsComplete => Remaining == 0;

    /// <summary>Hands out the next slice of the chunk and moves the input behind it.</summary>
    /// <param name="input">The bytes received; what stands behind the chunk is left for the next command.</param>
    /// <param name="content">The slice, never empty when the result is true; good as long as the input's memory is.</param>
    /// <returns>False when the input is used up, or when <see cref="IsComplete"/>.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> content)
    {
        content = input.Slice(0, Math.Min(Remaining, input.Length));
        input = input.Slice(content.End);
        Remaining -= content.Length;
        return !content.IsEmpty;
    }

    /// <inheritdoc cref="TryRead(ref ReadOnlySequence{byte}, out ReadOnlySequence{byte})"/>
    public bool TryRead(ref SequenceReader<byte> input, out ReadOnlySequence<byte> content)
    {
        content = input.Sequence.Slice(input.Position, Math.Min(Remaining, input.Remaining));
        input.Advance(content.Length);
        Remaining -= content.Length;
        return !content.IsEmpty;
    }
}
