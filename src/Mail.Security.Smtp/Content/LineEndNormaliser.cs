using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Makes CRLF of every bare CR and every bare LF of content, which gets longer by that. Resumable at any byte; the result does not depend on
/// where the content was split. A CR in last place is held back until it is known what follows.
/// </summary>
/// <remarks>
/// <para>It belongs behind <see cref="DataDecoder"/>, never before it: the end of a message and its transparency dots are those of the wire, where only
/// CRLF ends a line (RFC 5321 §2.3.8, §4.5.2). A line that comes into being here may be a lone dot. It is content like any other, and whoever
/// sends the content on puts a dot before it, as <see cref="DataEncoder"/> does.</para>
/// <para>This is a mutable value: one for each message.</para>
/// <code>
/// if (normaliser.TryPass(block, out var length))
///     sink.Write(block[..length]);                        // nothing to change: no copy
/// else
///     for (var rest = block; !rest.IsEmpty; rest = rest[consumed..])
///         sink.Write(buffer[..normaliser.Write(rest, buffer, out consumed)]);
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct LineEndNormaliser
{
    /// <summary>The least room <see cref="Write"/> and <see cref="Complete"/> get along with, in bytes.</summary>
    public const int MinRoom = 2;

    private bool _heldCr;
    private bool _insideLine;

    /// <summary>Whether what was given out so far is empty or ends with CRLF.</summary>
    public readonly bool EndsWithLineEnd => !_insideLine;

    /// <summary>Takes a whole block in which there is nothing to change.</summary>
    /// <param name="content">The block.</param>
    /// <param name="length">How many of its bytes are content as they are, from its start: all but a CR in last place, which is held back.</param>
    /// <returns>False when nothing was taken: the block is for <see cref="Write"/>.</returns>
    public bool TryPass(ReadOnlySpan<byte> content, out int length)
    {
        length = 0;
        var lines = new LineScanner();
        for (var rest = content; !rest.IsEmpty && !_heldCr;)
        {
            var dot = lines.ScanToLeadingDot(rest);
            rest = dot < 0 ? default : rest[(dot + 1)..];
        }
        if (_heldCr || (lines.Faults & ContentFaults.BareLineEnds) != 0)
            return false;
        _heldCr = lines.AfterCr;
        length = content.Length - (_heldCr ? 1 : 0);
        if (length > 0)
            _insideLine = content[length - 1] != (byte)'\n';
        return true;
    }

    /// <summary>Takes as much of a block as there is room for.</summary>
    /// <param name="content">The block.</param>
    /// <param name="destination">Receives the content, at least <see cref="MinRoom"/> bytes; twice the block is always enough.</param>
    /// <param name="consumed">How many bytes of the block were taken.</param>
    /// <returns>How many bytes were written; 0 when all that was taken is held back.</returns>
    public int Write(ReadOnlySpan<byte> content, Span<byte> destination, out int consumed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MinRoom, nameof(destination));
        consumed = 0;
        var written = 0;
        while (consumed < content.Length)
        {
            var octet = content[consumed];
            if (_heldCr || octet == (byte)'\n')
            {
                if (destination.Length - written < MinRoom)
                    break;
                written += EndLine(destination[written..]);
                consumed += octet == (byte)'\n' ? 1 : 0;
            }
            else if (octet == (byte)'\r')
            {
                _heldCr = true;
                consumed++;
            }
            else
            {
                var run = content[consumed..];
                var end = run.IndexOfAny((byte)'\r', (byte)'\n');
                var length = Math.Min(end < 0 ? run.Length : end, destination.Length - written);
                if (length == 0)
                    break;
                run[..length].CopyTo(destination[written..]);
                (written, consumed, _insideLine) = (written + length, consumed + length, true);
            }
        }
        return written;
    }

    /// <summary>The content is over: a CR that was held back is a line end too.</summary>
    /// <param name="destination">Receives it, at least <see cref="MinRoom"/> bytes.</param>
    /// <returns>How many bytes were written, 0 or 2.</returns>
    public int Complete(Span<byte> destination) => _heldCr ? EndLine(destination) : 0;

    private int EndLine(Span<byte> destination)
    {
        "\r\n"u8.CopyTo(destination);
        (_heldCr, _insideLine) = (false, false);
        return MinRoom;
    }
}
