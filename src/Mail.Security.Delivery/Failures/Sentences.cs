namespace Mail.Security.Delivery;

/// <summary>Sentences that quote others: what a server or resolver said cannot break out of its line.</summary>
internal static class Sentences
{
    private const int MaxLength = 2000;

    public static string OneLine(string text)
    {
        if (text.Length > MaxLength)
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1), "…");
        return !text.Any(IsUnfit) ? text : string.Create(text.Length, text, static (clean, source) =>
        {
            for (var at = 0; at < clean.Length; at++)
                clean[at] = IsUnfit(source[at]) ? ' ' : source[at];
        });
    }

    // Line ends of every kind, and what turns the direction of writing: with it a server could let a line read as another one.
    private static bool IsUnfit(char letter) => char.IsControl(letter)
        || letter is '\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
