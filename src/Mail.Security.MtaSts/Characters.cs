using System.Buffers;

namespace Mail.Security.MtaSts;

/// <summary>The character classes that the record and the policy share (RFC 8461 §3.1, §3.2).</summary>
internal static class Characters
{
    /// <summary>ALPHA / DIGIT.</summary>
    public static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>WSP: space and horizontal tab.</summary>
    public static ReadOnlySpan<char> WhiteSpace => " \t";

    /// <summary>A letter or digit, then letters, digits, "_", "-" and ".", at most <paramref name="longest"/> characters in all.</summary>
    public static bool IsFieldName(ReadOnlySpan<char> text, int longest) =>
        !text.IsEmpty && text.Length <= longest && LettersAndDigits.Contains(text[0]) && !text.ContainsAnyExcept(NameCharacters);
}
