using System.Buffers;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>Bytes in segments of the size in which a pipe hands them out.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Cut(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, Math.Min(size, bytes.Length)), null);
        var last = first;
        for (var start = size; start < bytes.Length; start += size)
            last = new Segment(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
