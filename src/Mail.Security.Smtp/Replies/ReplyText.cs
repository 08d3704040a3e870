using System.Buffers;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>Reply text between the wire and people.</summary>
internal static class ReplyText
{
    // Controls, the line and paragraph separator, and the marks that turn the direction of what follows.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(letter => char.IsControl(letter) && letter != '\t'), .. "\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"]);

    /// <summary>Makes a string of it that no terminal, log or header can be attacked with.</summary>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        var decoded = Encoding.UTF8.GetString(text);
        return decoded.AsSpan().ContainsAny(Unsafe)
            ? string.Create(decoded.Length, decoded, static (span, from) => from.AsSpan().ReplaceAny(span, Unsafe, '?'))
            : decoded;
    }
}
