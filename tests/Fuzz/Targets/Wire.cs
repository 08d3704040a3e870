using System.Buffers;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Bytes as a connection brings them: in pieces. How an input is cut follows from the input, so that each run is repeatable.</summary>
internal static class Wire
{
    /// <summary>A number that any change of the input changes (FNV-1a).</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var octet in bytes)
            hash = (hash ^ octet) * 16777619u;
        return hash;
    }

    // Byte by byte a long input takes as long as thousands of short ones, and shows no more.
    private const int LongestByteByByte = 192;

    /// <summary>The input whole, byte by byte (a long one in pieces of 61), and cut in two other ways.</summary>
    public static IEnumerable<int[]> Segmentations(byte[] input)
    {
        yield return [];
        yield return Steps(input);
        yield return Cuts(input, 0);
        yield return Cuts(input, 1);
    }

    /// <summary>The cuts that leave one byte between them, or 61 in a long input.</summary>
    public static int[] Steps(byte[] input)
    {
        var step = input.Length <= LongestByteByByte ? 1 : 61;
        return [.. Enumerable.Range(1, Math.Max(0, (input.Length - 1) / step)).Select(count => count * step)];
    }

    /// <summary>A few places to cut the input at, in order.</summary>
    public static int[] Cuts(byte[] input, int variant)
    {
        if (input.Length < 2)
            return [];
        var state = Hash(input) ^ (uint)(variant * 0x9E3779B9) | 1;
        var cuts = new SortedSet<int>();
        for (var count = 1 + (int)(state >> 8) % 6; count > 0; count--)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            cuts.Add(1 + (int)(state % (uint)(input.Length - 1)));
        }
        return [.. cuts];
    }

    /// <summary>The input as a sequence with a segment for each piece.</summary>
    public static ReadOnlySequence<byte> Split(ReadOnlyMemory<byte> input, int[] cuts)
    {
        var pieces = Pieces(input, cuts);
        var first = new Segment(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces.Skip(1))
            last = last.Append(piece);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>The pieces between the cuts.</summary>
    public static List<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> input, int[] cuts)
    {
        var pieces = new List<ReadOnlyMemory<byte>>(cuts.Length + 1);
        var at = 0;
        foreach (var cut in cuts)
        {
            pieces.Add(input[at..cut]);
            at = cut;
        }
        pieces.Add(input[at..]);
        return pieces;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
