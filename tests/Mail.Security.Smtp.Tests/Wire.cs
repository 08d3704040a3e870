using System.Buffers;
using System.Text;

namespace Mail.Security.Smtp.Tests;

/// <summary>Bytes as a reader may meet them: whole, or cut into segments.</summary>
internal static class Wire
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string Text(in ReadOnlySequence<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static ReadOnlySequence<byte> Of(string text) => new(Bytes(text));

    /// <summary>Cuts at the given places, in any order; a place outside and a place given twice make an empty segment or none.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, params int[] cuts)
    {
        var places = cuts.Select(cut => (int)((uint)cut % (uint)(bytes.Length + 1))).Append(0).Order().Append(bytes.Length).ToArray();
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var index = 1; index < places.Length; index++)
            last = new Segment(bytes.AsMemory(places[index - 1]..places[index]), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>One segment for each byte.</summary>
    public static ReadOnlySequence<byte> CutEverywhere(byte[] bytes) => Cut(bytes, [.. Enumerable.Range(0, bytes.Length)]);

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
