using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mail.Security.Smtp;

/// <summary>
/// Measures content in which there is nothing to note: every LF behind a CR, every CR before an LF, no NUL, no dot behind an LF. This
/// is nearly all of nearly every message.
/// </summary>
/// <remarks>
/// Each byte is looked at beside the one before it, loaded from the same span one byte earlier. So nothing is carried from one block
/// to the next, which is what following lines one by one costs.
/// </remarks>
internal static class QuietContent
{
    /// <summary>
    /// Counts the quiet bytes behind the first byte of the span, which is only looked at as the one before. Counts in whole strides:
    /// what is counted is quiet, and what is not counted may be quiet too.
    /// </summary>
    public static int Measure(ReadOnlySpan<byte> span) => Vector512.IsHardwareAccelerated ? MeasureWide(span) : MeasureNative(span);

    /// <summary>By vectors of 64 bytes.</summary>
    internal static int MeasureWide(ReadOnlySpan<byte> span)
    {
        var length = 0;
        for (; span.Length - length > 2 * Vector512<byte>.Count; length += 2 * Vector512<byte>.Count)
        {
            var window = span.Slice(length, 2 * Vector512<byte>.Count + 1);
            var before = Vector512.Create(window);
            var block = Vector512.Create(window[1..]);
            var nextBefore = Vector512.Create(window[Vector512<byte>.Count..]);
            var next = Vector512.Create(window[(Vector512<byte>.Count + 1)..]);
            var loud = Vector512.Equals(Vector512.Min(Dotless(before, block), Dotless(nextBefore, next)), Vector512<byte>.Zero);
            if ((Unpaired(before, block) | Unpaired(nextBefore, next) | loud.ExtractMostSignificantBits()) != 0)
                break;
        }
        return length;
    }

    /// <summary>By vectors of the size the machine has.</summary>
    internal static int MeasureNative(ReadOnlySpan<byte> span)
    {
        var length = 0;
        for (; span.Length - length > 2 * Vector<byte>.Count; length += 2 * Vector<byte>.Count)
        {
            var window = span.Slice(length, 2 * Vector<byte>.Count + 1);
            var before = new Vector<byte>(window);
            var block = new Vector<byte>(window[1..]);
            var nextBefore = new Vector<byte>(window[Vector<byte>.Count..]);
            var next = new Vector<byte>(window[(Vector<byte>.Count + 1)..]);
            if ((Unpaired(before, block) | Unpaired(nextBefore, next)) != Vector<byte>.Zero
                || Vector.EqualsAny(Vector.Min(Dotless(before, block), Dotless(nextBefore, next)), Vector<byte>.Zero))
                break;
        }
        return length;
    }

    // Not zero where an LF has no CR before it, or a CR no LF behind it. A comparison of this width gives a bit mask anyway, and masks
    // are put together beside the vector units and not by them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Unpaired(Vector512<byte> before, Vector512<byte> block) =>
        Vector512.Equals(before, Vector512.Create((byte)'\r')).ExtractMostSignificantBits() ^ Vector512.Equals(block, Vector512.Create((byte)'\n')).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Unpaired(Vector<byte> before, Vector<byte> block) =>
        Vector.Equals(before, Vector.Create((byte)'\r')) ^ Vector.Equals(block, Vector.Create((byte)'\n'));

    // Zero where there is a NUL, or a dot behind an LF.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Dotless(Vector512<byte> before, Vector512<byte> block) =>
        Vector512.Min(block, (block ^ Vector512.Create((byte)'.')) | (before ^ Vector512.Create((byte)'\n')));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Dotless(Vector<byte> before, Vector<byte> block) =>
        Vector.Min(block, (block ^ Vector.Create((byte)'.')) | (before ^ Vector.Create((byte)'\n')));
}
