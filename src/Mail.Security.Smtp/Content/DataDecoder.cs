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
        var reader = new SequenceReader<byte>(input);
        var found = TryRead(ref reader, out content);
        input = input.Slice(reader.Position);
        return found;
    }

    /// <inheritdoc cref="TryRead(ref ReadOnlySequence{byte}, out ReadOnlySequence{byte})"/>
    public bool TryRead(ref SequenceReader<byte> input, out ReadOnlySequence<byte> content)
    {
        content = default;
        while (!IsComplete && input.TryPeek(out var next))
        {
            var taken = _dot == DotState.None ? ReadLines(ref input) : ReadBehindDot(ref input, next);
            content = Count(taken);
            if (!content.IsEmpty)
                return true;
        }
        return false;
    }

    // Everything up to the next dot that stands first on a line; that dot is consumed and left out.
    private ReadOnlySequence<byte> ReadLines(ref SequenceReader<byte> input)
    {
        var start = input.Position;
        var length = 0L;
        while (!input.End)
        {
            var span = input.UnreadSpan;
            var dot = _lines.ScanToLeadingDot(span);
            length += dot < 0 ? span.Length : dot;
            input.Advance(dot < 0 ? span.Length : dot + 1);
            if (dot < 0)
                continue;
            _dot = DotState.Dot;
            break;
        }
        return input.Sequence.Slice(start, length);
    }

    // RFC 5321 §4.5.2: a dot alone on its line is the end; before anything else it is dropped. Its CR is bare if no LF follows,
    // and is then content that may have come with a block that is gone.
    private ReadOnlySequence<byte> ReadBehindDot(ref SequenceReader<byte> input, byte next)
    {
        if (_dot == DotState.Dot)
        {
            _dot = next == (byte)'\r' ? DotState.DotCr : DotState.None;
            if (_dot == DotState.DotCr)
                input.Advance(1);
            return default;
        }

        _dot = DotState.None;
        if (next == (byte)'\n')
        {
            input.Advance(1);
            IsComplete = true;
            return default;
        }
        _lines.Step((byte)'\r');
        return new ReadOnlySequence<byte>(CarriageReturn);
    }

    private ReadOnlySequence<byte> Count(ReadOnlySequence<byte> content)
    {
        var before = ContentLength;
        ContentLength += content.Length;
        if (!IsTooLarge)
            return content;
        return before >= _maxLength ? default : content.Slice(0, _maxLength - before);
    }
}
