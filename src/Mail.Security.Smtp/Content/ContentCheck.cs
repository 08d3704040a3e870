using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Looks through content that is not framed by dots, such as that of BDAT, for what DATA could not carry on: bare CR, bare LF and NUL
/// (RFC 5321 §2.3.8). Resumable at any byte. Content declared BODY=BINARYMIME may hold them (RFC 3030 §3).
/// </summary>
/// <remarks>
/// <para>Of several faults the one whose byte stands first is told, and it stays. A bare CR stands at the CR, though only the byte behind it
/// shows that it is bare: before a NUL that is that byte. So what is told of the first bytes of a message, be they many or few, does
/// not depend on how they were split.</para>
/// <para>This is a mutable value: one for each message, across all its chunks.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct ContentCheck
{
    private readonly BareLineEndPolicy _bareLineEnds;
    private LineScanner _lines;

    /// <summary>A check of content whose bare line ends are refused, or not its concern because they will be normalised.</summary>
    public ContentCheck(BareLineEndPolicy bareLineEnds) => _bareLineEnds = bareLineEnds;

    /// <summary>Looks through the next block.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        var before = _lines;
        var block = content;
        for (var dot = _lines.ScanToLeadingDot(content); dot >= 0; dot = _lines.ScanToLeadingDot(content))
            content = content[(dot + 1)..];
        LengthBeforeFault += Fault == SyntaxFault.None ? block.Length : Locate(before, block);
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public void Write(in ReadOnlySequence<byte> content)
    {
        foreach (var segment in content)
            Write(segment.Span);
    }

    /// <summary>What is wrong first in the content so far, whatever follows: a CR in last place may still be followed by its LF.</summary>
    public readonly SyntaxFault Fault => _lines.FaultUnder(_bareLineEnds);

    /// <summary>
    /// How many bytes stand before the one that shows <see cref="Fault"/>: the LF, the NUL, or the byte behind the CR. All of the content
    /// so far while there is no fault.
    /// </summary>
    public long LengthBeforeFault { get; private set; }

    /// <summary>What is wrong first, at the end of the content: a CR in last place is bare.</summary>
    public readonly SyntaxFault GetFault()
    {
        var lines = _lines;
        lines.End();
        return lines.FaultUnder(_bareLineEnds);
    }

    /// <summary>Whether the content so far is empty or ends with CRLF.</summary>
    public readonly bool EndsWithLineEnd => _lines.AtLineStart;

    // Goes once more through the one block in which a fault was found.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int Locate(LineScanner before, ReadOnlySpan<byte> block)
    {
        for (var index = 0; index < block.Length && before.FaultUnder(_bareLineEnds) == SyntaxFault.None; index++)
        {
            before.Step(block[index]);
            if (before.FaultUnder(_bareLineEnds) != SyntaxFault.None)
                return index;
        }
        return 0;   // it was there before
    }
}
