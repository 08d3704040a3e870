using System.Globalization;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>The encoding of an address of type "utf-8" in a parameter: "\x{20AC}" for one character (RFC 6533 §3).</summary>
internal static class Unitext
{
    private const int MaxDigits = 6;

    /// <summary>Decodes; null when it is no such text, or holds a control character, encoded or not.</summary>
    public static string? Decode(ReadOnlySpan<byte> text)
    {
        var decoded = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            int used;
            Rune rune;
            if (text[0] == (byte)'\\')
            {
                if (!TryReadEmbedded(text, out rune, out used))
                    return null;
            }
            else if (text[0] is (byte)'+' or (byte)'=' || Rune.DecodeFromUtf8(text, out rune, out used) != System.Buffers.OperationStatus.Done)
            {
                return null;
            }
            if (IsUnsafe(rune))
                return null;
            decoded.Append(rune.ToString());
            text = text[used..];
        }
        return decoded.ToString();
    }

    /// <summary>Reads UTF-8 in which nothing is encoded; null when it is none, or holds a control character.</summary>
    public static string? ReadPlain(ReadOnlySpan<byte> text)
    {
        for (var rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done || IsUnsafe(rune))
                return null;
            rest = rest[used..];
        }
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Encodes in ASCII only, so that every server can be told.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7F and not ('\\' or '+' or '='))
                encoded.Append((char)rune.Value);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }
        return encoded.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    private static bool TryReadEmbedded(ReadOnlySpan<byte> text, out Rune rune, out int used)
    {
        (rune, used) = (default, text.IndexOf((byte)'}') + 1);
        if (used < 6 || used > 4 + MaxDigits || !text.StartsWith("\\x{"u8))
            return false;
        return int.TryParse(text[3..(used - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) && Rune.TryCreate(point, out rune);
    }
}
