using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Finds extended DNS errors among EDNS options (RFC 6891 §6.1.2, RFC 8914 §2).</summary>
internal static class ExtendedErrorReader
{
    private const ushort OptionCode = 15;
    private const int MaxText = 512;

    /// <summary>False when the options do not fill their space; an error option under two octets is passed over.</summary>
    public static bool TryRead(ReadOnlySpan<byte> options, out ExtendedDnsError? error)
    {
        error = null;
        while (!options.IsEmpty)
        {
            if (options.Length < 4)
                return false;
            var (code, length) = (BinaryPrimitives.ReadUInt16BigEndian(options), BinaryPrimitives.ReadUInt16BigEndian(options[2..]));
            if (length > options.Length - 4)
                return false;
            if (code == OptionCode && length >= 2)
                error = Choose(error, options.Slice(4, length));
            options = options[(4 + length)..];
        }
        return true;
    }

    private static ExtendedDnsError Choose(ExtendedDnsError? first, ReadOnlySpan<byte> data)
    {
        var next = new ExtendedDnsError(BinaryPrimitives.ReadUInt16BigEndian(data), Text(data[2..]));
        return first is null || (!first.IsDnssecFailure && next.IsDnssecFailure) ? next : first;
    }

    // The text goes into log lines and notices: nothing in it may end a line or steer a terminal.
    private static string Text(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(octets).EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > MaxText)
                break;
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                text.Append(rune);
        }
        return text.ToString().Trim();
    }
}
