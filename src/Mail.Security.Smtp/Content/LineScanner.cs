using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mail.Security.Smtp;

/// <summary>
/// Follows the lines of message content: finds the dots that stand first on a line, and notes bare CR, bare LF and NUL. Its state is
/// what a split between two blocks must not lose.
/// </summary>
/// <remarks>
/// Blocks of 32 bytes are turned into one bit per byte, and lines are followed by shifts of those bits: the cost of a block does not
/// depend on how many lines are in it. Long stretches without dots and faults are left to <see cref="QuietContent"/>, and what is left
/// at the end goes byte by byte.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct LineScanner
{
    private bool _afterCr;
    private bool _insideLine;   // so that a default scanner stands at the start of a line, as content does

    /// <summary>Whether the next byte is the first of a line: at the start, and after CRLF.</summary>
    public bool AtLineStart
    {
        readonly get => !_insideLine;
        private set => _insideLine = !value;
    }

    /// <summary>Whether the last byte was a CR, of which nobody knows yet whether it is bare.</summary>
    public readonly bool AfterCr => _afterCr;

    /// <summary>What was wrong so far. Which faults are there does not depend on how the content was split.</summary>
    public ContentFaults Faults { get; private set; }

    /// <summary>The fault whose byte stands first of all so far. Once there is one it stays: what is not yet known stands behind it.</summary>
    public SyntaxFault FirstFault { get; private set; }

    /// <summary>The first fault that the policy does not mend.</summary>
    public readonly SyntaxFault FaultUnder(BareLineEndPolicy policy) =>
        policy != BareLineEndPolicy.Normalise ? FirstFault
        : (Faults & ContentFaults.Nul) != 0 ? SyntaxFault.NulByte
        : SyntaxFault.None;

    /// <summary>
    /// Goes through the span up to a dot that stands first on its line and returns the index of that dot, with the state behind
    /// it; or goes through all of it and returns -1.
    /// </summary>
    /// <remarks>
    /// Never inlined: whoever inlines it inlines all that it is made of, and where the compiler stops doing so for want of room it calls
    /// what should be single instructions, which made content with dots four times and more as slow.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int ScanToLeadingDot(ReadOnlySpan<byte> span)
    {
        var index = 0;
        while (span.Length - index >= Vector256<byte>.Count)
        {
            var dot = ScanBlock(Vector256.Create(span.Slice(index, Vector256<byte>.Count)));
            if (dot >= 0)
                return index + dot;
            index += Vector256<byte>.Count;
            index += SkipQuiet(span[(index - 1)..]);
        }
        for (; index < span.Length; index++)
        {
            if (Step(span[index]))
                return index;
        }
        return -1;
    }

    /// <summary>Takes one byte; true when it is a dot that stands first on its line.</summary>
    public bool Step(byte octet)
    {
        var leadingDot = AtLineStart && octet == (byte)'.';
        if (octet == (byte)'\n')
        {
            if (!_afterCr)
                Note(ContentFaults.BareLineFeed, SyntaxFault.BareLineFeed);
            AtLineStart = _afterCr;
        }
        else
        {
            if (_afterCr)
                Note(ContentFaults.BareCarriageReturn, SyntaxFault.BareCarriageReturn);
            if (octet == 0)
                Note(ContentFaults.Nul, SyntaxFault.NulByte);
            AtLineStart = false;
        }
        _afterCr = octet == (byte)'\r';
        return leadingDot;
    }

    /// <summary>The content is over: a CR in last place is bare.</summary>
    public void End()
    {
        if (_afterCr)
            Note(ContentFaults.BareCarriageReturn, SyntaxFault.BareCarriageReturn);
    }

    // Goes past content in which there is nothing to note; the first byte of the span is the last one that was followed.
    private int SkipQuiet(ReadOnlySpan<byte> span)
    {
        var length = QuietContent.Measure(span);
        if (length == 0)
            return 0;
        _afterCr = span[length] == (byte)'\r';
        AtLineStart = span[length] == (byte)'\n';   // its CR was before it
        return length;
    }

    // Bit i of every mask speaks of byte i of the block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ScanBlock(Vector256<byte> block)
    {
        var returns = Vector256.Equals(block, Vector256.Create((byte)'\r')).ExtractMostSignificantBits();
        var feeds = Vector256.Equals(block, Vector256.Create((byte)'\n')).ExtractMostSignificantBits();
        var dots = Vector256.Equals(block, Vector256.Create((byte)'.')).ExtractMostSignificantBits();
        var nuls = Vector256.Equals(block, Vector256<byte>.Zero).ExtractMostSignificantBits();

        var afterReturn = returns << 1 | (_afterCr ? 1u : 0u);
        var lineEnds = feeds & afterReturn;
        var leading = dots & (lineEnds << 1 | (AtLineStart ? 1u : 0u));
        // A dot is neither CR nor LF, and the byte before a leading one is no CR: behind it both states are off.
        var seen = leading == 0 ? uint.MaxValue : (leading & ~(leading - 1)) - 1;
        if (((feeds ^ afterReturn | nuls) & seen) != 0)
            Note(feeds & seen, afterReturn & seen, nuls & seen);
        _afterCr = leading == 0 && (returns & 1u << 31) != 0;
        AtLineStart = leading == 0 && (lineEnds & 1u << 31) != 0;
        return leading == 0 ? -1 : BitOperations.TrailingZeroCount(leading);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(uint feeds, uint afterReturn, uint nuls)
    {
        var (bareFeeds, bareReturns) = (feeds & ~afterReturn, afterReturn & ~feeds);
        Faults |= (bareFeeds != 0 ? ContentFaults.BareLineFeed : 0) | (bareReturns != 0 ? ContentFaults.BareCarriageReturn : 0) | (nuls != 0 ? ContentFaults.Nul : 0);
        if (FirstFault != SyntaxFault.None)
            return;
        // A bare CR stands one byte before its bit, and so before a NUL that shares the bit; an LF cannot share it.
        var first = BitOperations.TrailingZeroCount(bareFeeds | bareReturns | nuls);
        FirstFault = (bareReturns >> first & 1) != 0 ? SyntaxFault.BareCarriageReturn
            : (bareFeeds >> first & 1) != 0 ? SyntaxFault.BareLineFeed
            : SyntaxFault.NulByte;
    }

    private void Note(ContentFaults fault, SyntaxFault name)
    {
        Faults |= fault;
        if (FirstFault == SyntaxFault.None)
            FirstFault = name;
    }
}
