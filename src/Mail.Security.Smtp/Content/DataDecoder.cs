using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Takes the content out of a DATA stream: finds CRLF.CRLF and nothing else as the end, and removes the dots that were put in for
/// transparency (RFC 5321 §4.1.1.4, §4.5.2). Resumable at any byte; hands out slices of the input and copies nothing.
/// </summary>
/// <remarks>
/// <para>Bare CR, bare LF, NUL and a size over the limit never end the content and are told only when its true end was read, so that
/// both ends still agree on where the next command begins: a message that ends early for one of two servers is how mail is smuggled.</para>
/// <para>This is a mutable value: keep it in a field or a local, never in a readonly field, and use one for each message.</para>
/// <code>
/// var decoder = new DataDecoder(maxLength);
/// while (!decoder.IsComplete)
/// {
///     var result = await pipe.ReadAsync(cancellationToken);
///     var buffer = result.Buffer;
///     while (decoder.TryRead(ref buffer, out var content))
///         await sink.WriteAsync(content, cancellationToken);
///     pipe.AdvanceTo(buffer.Start);          // every byte was used, up to the end of the content
///     if (result.IsCompleted &amp;&amp; !decoder.IsComplete) return ConnectionLost();
/// }
/// return decoder.Fault == SyntaxFault.None ? Accept() : Refuse(decoder.Fault);
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct DataDecoder
{
    private static readonly byte[] CarriageReturn = "\r"u8.ToArray();

    private readonly long _maxLength;   // 0: no limit
    private readonly BareLineEndPolicy _bareLineEnds;
    private LineScanner _lines;
    private DotState _dot;

    /// <summary>A decoder that hands out no more than a number of bytes.</summary>
    /// <param name="maxLength">The largest content in bytes, at least 1; when more comes the rest is read and dropped.</param>
    public DataDecoder(long maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        _maxLength = maxLength;
    }

    /// <summary>A decoder whose content goes through a <see cref="LineEndNormaliser"/> when the policy says so: bare line ends are then no fault.</summary>
    /// <param name="maxLength">As above, before normalising.</param>
    /// <param name="bareLineEnds">What is done about bare CR and bare LF. Neither ever ends the content.</param>
    public DataDecoder(long maxLength, BareLineEndPolicy bareLineEnds)
        : this(maxLength) => _bareLineEnds = bareLineEnds;

    // The dot that was read last: it is part of the content never, and of the end only when CRLF follows.
    private enum DotState : byte
    {
        None,
        Dot,
        DotCr,
    }

    /// <summary>Whether the end of the content was read. The input then stands behind it, at the next command.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The length of the content so far, without transparency dots and without the end, also of what was dropped over the limit.</summary>
    public long ContentLength { get; private set; }

    /// <summary>
    /// Why the content must be refused: <see cref="SyntaxFault.BareLineFeed"/>, <see cref="SyntaxFault.BareCarriageReturn"/> or
    /// <see cref="SyntaxFault.NulByte"/>, of several the one whose byte stands first; <see cref="SyntaxFault.ContentTooLarge"/> when that
    /// alone is wrong. <see cref="SyntaxFault.None"/> until <see cref="IsComplete"/>: then it says that the content is clean. How the
    /// input was split changes nothing.
    /// </summary>
    public readonly SyntaxFault Fault =>
        !IsComplete ? SyntaxFault.None
        : _lines.FaultUnder(_bareLineEnds) is var fault and not SyntaxFault.None ? fault
        : IsTooLarge ? SyntaxFault.ContentTooLarge
        : SyntaxFault.None;

    private readonly bool IsTooLarge => _maxLength != 0 && ContentLength > _maxLength;

    /// <summary>Hands out the next slice of content and moves the input behind it.</summary>
    /// <param name="input">The bytes received; every byte is used, up to the end of the content.</param>
    /// <param name="content">The slice, never empty when the result is true; good as long as the input's memory is.</param>
    /// <returns>False when the input is used up, or when <see cref="IsComplete"/>.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> content)
    {
        if (input.IsSingleSegment)
            return TryReadSegment(ref input, out content);
        var reader = new SequenceReader<byte>(input);
        var found = TryRead(ref reader, out content);
        input = input.Slice(reader.Position);
        return found;
    }

    /// <inheritdoc cref="TryRead(ref ReadOnlySequence{byte}, out ReadOnlySequence{byte})"/>
    public bool TryRead(ref SequenceReader<byte> input, out ReadOnlySequence<byte> content)
    {
        content = default;
        while (!IsComplete && content.IsEmpty && input.TryPeek(out var next))
        {
            if (_dot == DotState.None)
                content = ReadLines(ref input);
            else
                input.Advance(StepBehindDot(next, out content));
        }
        return !content.IsEmpty;
    }

    // What came in one piece, as nearly everything does, is followed by offsets: a position is worked out only for what is handed out.
    private bool TryReadSegment(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> content)
    {
        content = default;
        var span = input.FirstSpan;
        var offset = 0;
        while (!IsComplete && content.IsEmpty && offset < span.Length)
        {
            if (_dot == DotState.None)
            {
                var start = offset;
                offset += ReadLines(span[start..], out var length);
                content = input.Slice(start, Count(length));
            }
            else
            {
                offset += StepBehindDot(span[offset], out content);
            }
        }
        input = input.Slice(offset);
        return !content.IsEmpty;
    }

    private ReadOnlySequence<byte> ReadLines(ref SequenceReader<byte> input)
    {
        var start = input.Position;
        var length = 0L;
        while (_dot == DotState.None && !input.End)
        {
            input.Advance(ReadLines(input.UnreadSpan, out var more));
            length += more;
        }
        return input.Sequence.Slice(start, Count(length));
    }

    // Everything up to the next dot that stands first on a line; that dot is consumed and left out of the length.
    private int ReadLines(ReadOnlySpan<byte> span, out int length)
    {
        var dot = _lines.ScanToLeadingDot(span);
        if (dot < 0)
            return length = span.Length;
        _dot = DotState.Dot;
        length = dot;
        return dot + 1;
    }

    // RFC 5321 §4.5.2: a dot alone on its line is the end; before anything else it is dropped. Its CR is bare if no LF follows,
    // and is then content that may have come with a block that is gone. Returns how many bytes were consumed, 0 or 1.
    private int StepBehindDot(byte next, out ReadOnlySequence<byte> content)
    {
        content = default;
        if (_dot == DotState.Dot)
        {
            _dot = next == (byte)'\r' ? DotState.DotCr : DotState.None;
            return _dot == DotState.DotCr ? 1 : 0;
        }

        _dot = DotState.None;
        IsComplete = next == (byte)'\n';
        if (IsComplete)
            return 1;
        _lines.Step((byte)'\r');
        content = new ReadOnlySequence<byte>(CarriageReturn, 0, (int)Count(1));
        return 0;
    }

    // How many of these bytes are handed out: those over the limit are counted and dropped.
    private long Count(long length)
    {
        var room = _maxLength - ContentLength;
        ContentLength += length;
        return IsTooLarge ? Math.Max(room, 0) : length;
    }
}
