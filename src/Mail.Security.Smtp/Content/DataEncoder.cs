using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.Smtp;

/// <summary>
/// Writes content as DATA: puts a dot in front of every line that begins with one, and ends with CRLF.CRLF (RFC 5321 §4.5.2,
/// §4.1.1.4). Whatever it is given, a bare CR, a bare LF or a NUL never reaches the output (RFC 5321 §2.3.8).
/// </summary>
/// <remarks>
/// <para>When <see cref="Fault"/> is set the content cannot be sent as DATA at all. What is on the wire by then has no end: drop the
/// connection, and do not call <see cref="Complete"/>.</para>
/// <para>This is a mutable value: keep it in a field or a local, and use one for each message.</para>
/// <code>
/// var encoder = new DataEncoder();
/// while (await ReadBlockAsync() is { Length: > 0 } block &amp;&amp; encoder.Write(block.Span, writer) == SyntaxFault.None)
///     await writer.FlushAsync(cancellationToken);
/// if (encoder.Fault != SyntaxFault.None || encoder.Complete(writer) != SyntaxFault.None)
///     return DropConnection(encoder.Fault);
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct DataEncoder
{
    private LineScanner _lines;

    /// <summary>
    /// Why the content cannot be sent: the fault whose byte stands first, however the content was split; or
    /// <see cref="SyntaxFault.None"/> as long as it can.
    /// </summary>
    public readonly SyntaxFault Fault => _lines.FirstFault;

    /// <summary>Writes the next block of content, split anywhere.</summary>
    /// <param name="content">The content: lines ended by CRLF.</param>
    /// <param name="output">Receives the bytes to send. A CR at the end of the block is held back until its LF comes.</param>
    /// <returns><see cref="Fault"/>. After a fault nothing more is written.</returns>
    public SyntaxFault Write(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (!content.IsEmpty && Fault == SyntaxFault.None)
        {
            var heldCr = _lines.AfterCr;
            var dot = _lines.ScanToLeadingDot(content);
            if (Fault != SyntaxFault.None)
                break;

            var clean = dot < 0 ? content : content[..dot];
            content = content[clean.Length..];
            if (heldCr)
                output.Write("\r"u8);
            output.Write(_lines.AfterCr ? clean[..^1] : clean);
            if (dot < 0)
                continue;
            output.Write(".."u8);
            content = content[1..];
        }
        return Fault;
    }

    /// <summary>Writes the end: CRLF when the last line has none (RFC 5321 §4.1.1.4), then ".CRLF".</summary>
    /// <param name="output">Receives the bytes to send; nothing when there is a fault.</param>
    /// <returns><see cref="Fault"/>: a CR as the very last byte of the content is found to be bare only here.</returns>
    public SyntaxFault Complete(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _lines.End();
        if (Fault == SyntaxFault.None)
            output.Write(_lines.AtLineStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
        return Fault;
    }
}
