using System.Buffers;
using System.Buffers.Binary;

namespace Mail.Security.Smtp;

/// <summary>Reads one command line without allocating (RFC 5321 §2.3.8, §4.1.1, §4.5.3.1.4).</summary>
/// <remarks>
/// <para>Only CRLF ends a line. A bare LF, a bare CR and a NUL are faults: to take one for a line end is how mail is smuggled.</para>
/// <para>After <see cref="ReadStatus.Invalid"/> nothing is consumed. Answer, then call <see cref="TrySkipLine"/> until it returns
/// true: the next line begins behind the next CRLF.</para>
/// <code>
/// var reader = new SequenceReader&lt;byte&gt;(buffer);
/// switch (SmtpCommandReader.TryRead(ref reader, scratch, out var command, out var fault)) { ... }
/// pipe.AdvanceTo(reader.Position, buffer.End);
/// </code>
/// </remarks>
public static class SmtpCommandReader
{
    // Four ASCII letters as the little-endian number they are read as, in upper case.
    private const uint Ehlo = 'E' | 'H' << 8 | 'L' << 16 | 'O' << 24;
    private const uint Helo = 'H' | 'E' << 8 | 'L' << 16 | 'O' << 24;
    private const uint Mail = 'M' | 'A' << 8 | 'I' << 16 | 'L' << 24;
    private const uint Rcpt = 'R' | 'C' << 8 | 'P' << 16 | 'T' << 24;
    private const uint Data = 'D' | 'A' << 8 | 'T' << 16 | 'A' << 24;
    private const uint Bdat = 'B' | 'D' << 8 | 'A' << 16 | 'T' << 24;
    private const uint Rset = 'R' | 'S' << 8 | 'E' << 16 | 'T' << 24;
    private const uint Noop = 'N' | 'O' << 8 | 'O' << 16 | 'P' << 24;
    private const uint Quit = 'Q' | 'U' << 8 | 'I' << 16 | 'T' << 24;
    private const uint Help = 'H' | 'E' << 8 | 'L' << 16 | 'P' << 24;
    private const uint Vrfy = 'V' | 'R' << 8 | 'F' << 16 | 'Y' << 24;
    private const uint Expn = 'E' | 'X' << 8 | 'P' << 16 | 'N' << 24;
    private const uint Auth = 'A' | 'U' << 8 | 'T' << 16 | 'H' << 24;

    /// <summary>Reads one command.</summary>
    /// <param name="input">The bytes received. Moved behind the line only when the result is <see cref="ReadStatus.Complete"/>.</param>
    /// <param name="scratch">Room for one line that lies in several segments; its length is the limit of a line, CRLF included.</param>
    /// <param name="command">The command when complete.</param>
    /// <param name="fault">
    /// Why the line is refused: <see cref="SyntaxFault.LineTooLong"/> (said as soon as the limit is full, before any line end arrives),
    /// <see cref="SyntaxFault.BareLineFeed"/>, <see cref="SyntaxFault.BareCarriageReturn"/> or <see cref="SyntaxFault.NulByte"/>.
    /// </param>
    /// <returns>Whether a command was read.</returns>
    public static ReadStatus TryRead(ref SequenceReader<byte> input, Span<byte> scratch, out SmtpCommand command, out SyntaxFault fault)
    {
        command = default;
        var status = LineReader.TryRead(input, scratch, out var line, out var consumed, out fault);
        if (status != ReadStatus.Complete)
            return status;

        input.Advance(consumed);
        command = Split(line);
        return ReadStatus.Complete;
    }

    /// <summary>
    /// Drops bytes up to and with the next CRLF. Returns true when that CRLF was found: the input stands at the next line. Returns
    /// false when more bytes are needed: what cannot belong to the next line is consumed, so that a line without end needs no buffer.
    /// </summary>
    public static bool TrySkipLine(ref SequenceReader<byte> input)
    {
        if (input.TryReadTo(out ReadOnlySequence<byte> _, "\r\n"u8, advancePastDelimiter: true))
            return true;

        // A CR in last place may be the first half of the CRLF that is looked for: it stays.
        if (input.End)
            return false;
        input.Advance(input.Remaining - 1);
        if (input.TryPeek(out var last) && last != (byte)'\r')
            input.Advance(1);
        return false;
    }

    private static SmtpCommand Split(ReadOnlySpan<byte> line)
    {
        while (!line.IsEmpty && line[^1] is (byte)' ' or (byte)'\t')     // RFC 5321 §4.1.1: white space before CRLF is tolerated
            line = line[..^1];
        var space = line.IndexOf((byte)' ');
        var keyword = space < 0 ? line : line[..space];
        var argument = space < 0 ? default : line[space..].TrimStart((byte)' ');
        return new SmtpCommand(VerbOf(keyword), keyword, argument);
    }

    private static SmtpVerb VerbOf(ReadOnlySpan<byte> keyword) => keyword.Length switch
    {
        // Clearing bit 5 turns lower case to upper case; only the two cases of a letter can give that letter.
        4 => (BinaryPrimitives.ReadUInt32LittleEndian(keyword) & 0xDFDFDFDF) switch
        {
            Ehlo => SmtpVerb.Ehlo,
            Helo => SmtpVerb.Helo,
            Mail => SmtpVerb.Mail,
            Rcpt => SmtpVerb.Rcpt,
            Data => SmtpVerb.Data,
            Bdat => SmtpVerb.Bdat,
            Rset => SmtpVerb.Rset,
            Noop => SmtpVerb.Noop,
            Quit => SmtpVerb.Quit,
            Help => SmtpVerb.Help,
            Vrfy => SmtpVerb.Vrfy,
            Expn => SmtpVerb.Expn,
            Auth => SmtpVerb.Auth,
            _ => SmtpVerb.Unknown,
        },
        8 when System.Text.Ascii.EqualsIgnoreCase(keyword, "STARTTLS"u8) => SmtpVerb.StartTls,
        _ => SmtpVerb.Unknown,
    };
}
