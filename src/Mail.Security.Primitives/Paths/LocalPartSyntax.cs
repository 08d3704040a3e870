using System.Buffers;
using System.Text;

namespace Mail.Security;

/// <summary>The two forms of a local part: dot-string and quoted string (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
internal static class LocalPartSyntax
{
    // atext of RFC 5322 §3.2.3; every non-ASCII character is one too (RFC 6531 §3.3).
    private static readonly SearchValues<char> AsciiAtext =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~");

    /// <summary>Reads a local part at the start of <paramref name="text"/>, of which controls are already refused.</summary>
    /// <returns>False when neither form is there; else the value without quoting and the number of characters it took.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, out string value, out int length)
    {
        if (!text.IsEmpty && text[0] == '"')
            return TryReadQuoted(text, out value, out length);
        length = 0;
        while (length < text.Length && (text[length] == '.' || IsAtext(text[length])))
            length++;
        value = text[..length].ToString();
        return IsDotString(value);
    }

    /// <summary>The form with the least quoting that reads back as <paramref name="value"/>.</summary>
    public static string Quote(string value)
    {
        if (IsDotString(value))
            return value;
        var quoted = new StringBuilder(value.Length + 8).Append('"');
        foreach (var character in value)
        {
            if (character is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(character);
        }
        return quoted.Append('"').ToString();
    }

    private static bool TryReadQuoted(ReadOnlySpan<char> text, out string value, out int length)
    {
        value = string.Empty;
        var content = new StringBuilder();
        for (length = 1; length < text.Length; length++)
        {
            var character = text[length];
            if (character == '"')
            {
                length++;
                value = content.ToString();
                return true;
            }
            // quoted-pairSMTP: a backslash and one printable ASCII character.
            if (character == '\\' && (++length == text.Length || !char.IsAscii(character = text[length])))
                return false;
            content.Append(character);
        }
        return false;
    }

    private static bool IsDotString(ReadOnlySpan<char> value)
    {
        var atStart = true;                 // of an atom: a dot may not stand here
        foreach (var character in value)
        {
            if (character == '.' ? atStart : !IsAtext(character))
                return false;
            atStart = character == '.';
        }
        return !atStart;
    }

    private static bool IsAtext(char character) => !char.IsAscii(character) || AsciiAtext.Contains(character);
}
