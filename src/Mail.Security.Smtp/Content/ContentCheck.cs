using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Looks through content that is not framed by dots, such as that of BDAT, for what DATA could not carry on: bare CR, bare LF and NUL
/// (RFC 5321 §2.3.8). Resumable at any byte. Content declared BODY=BINARYMIME may hold them (RFC 3030 §3).
/// </summary>
/// <remarks>This is a mutable value: one for each message, across all its chunks.</remarks>
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
        for (var dot = _lines.ScanToLeadingDot(content); dot >= 0; dot = _lines.ScanToLeadingDot(content))
            content = content[(dot + 1)..];
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public void Write(in ReadOnlySequence<byte> content)
    {
        foreach (var segment in content)
            Write(segment.Span);
    }

    /// <summary>What is wrong so far, whatever follows: a CR in last place may still be followed by its LF.</summary>
    public readonly SyntaxFault Fault => _lines.Faults.Under(_bareLineEnds).Gravest();

    /// <summary>What is wrong, at the end of the content: a CR in last place is bare.</summary>
    public readonly SyntaxFault GetFault() => (_lines.AfterCr ? _lines.Faults | ContentFaults.BareCarriageReturn : _lines.Faults).Under(_bareLineEnds).Gravest();

    /// <summary>Whether the content so far is empty or ends with CRLF.</summary>
    public readonly bool EndsWithLineEnd => _lines.AtLineStart;
}
