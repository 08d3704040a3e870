using System.Text;

namespace Mail.Security.Smtp;

/// <summary>Reply text between the wire and people.</summary>
internal static class ReplyText
{
    /// <summary>Makes a string of it that no terminal, log or header can be attacked with.</summary>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        var decoded = Encoding.UTF8.GetString(text);
        return decoded.AsSpan().ContainsAnyInRange('\u0000', '\u001F') || decoded.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
            ? string.Create(decoded.Length, decoded, static (span, from) =>
            {
                for (var index = 0; index < span.Length; index++)
                    span[index] = char.IsControl(from[index]) && from[index] != '\t' ? '?' : from[index];
            })
            : decoded;
    }
}
