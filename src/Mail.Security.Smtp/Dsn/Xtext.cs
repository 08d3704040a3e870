using System.Buffers;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>
/// The encoding in which a parameter carries what its grammar has no room for: "+" and two hexadecimal digits for one byte (RFC 3461 §4).
/// </summary>
public static class Xtext
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Where(octet => octet is not ('+' or '=')).Select(octet => (byte)octet)]);

    /// <summary>Decodes; nothing is allocated. Digits are taken in either case, though the grammar has upper case only.</summary>
    /// <param name="text">The text as it stands in the parameter.</param>
    /// <param name="output">Receives the bytes, which may be any; at least as long as <paramref name="text"/>.</param>
    /// <param name="written">How many there are.</param>
    /// <returns>False when it is no xtext, or does not fit.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> output, out int written)
    {
        written = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            var run = plain < 0 ? text : text[..plain];
            if (!run.TryCopyTo(output[written..]))
                return false;
            written += run.Length;
            text = text[run.Length..];
            if (text.IsEmpty)
                return true;
            if (text.Length < 3 || text[0] != (byte)'+' || written == output.Length
                || Convert.FromHexString(text.Slice(1, 2), output[written..], out _, out var decoded) != OperationStatus.Done || decoded != 1)
                return false;
            written++;
            text = text[3..];
        }
        return true;
    }

    /// <summary>Encodes the text's UTF-8 bytes.</summary>
    public static string Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (Plain.Contains(octet))
                encoded.Append((char)octet);
            else
                encoded.Append('+').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }
}
