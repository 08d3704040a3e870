namespace Mail.Security.Delivery;

/// <summary>Sentences that quote others: what a server or resolver said cannot break out of its line.</summary>
internal static class Sentences
{
    private const int MaxLength = 2000;

    public static string OneLine(string text)
    {
        if (text.Length > MaxLength)
            text = text[..MaxLength];
        return text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !text.Contains('\u007f') && text.AsSpan().IndexOfAnyInRange('\u0080', '\u009f') < 0
            && !text.Contains('\u2028') && !text.Contains('\u2029')
            ? text
            : string.Create(text.Length, text, static (clean, source) =>
            {
                for (var at = 0; at < clean.Length; at++)
                    clean[at] = char.IsControl(source[at]) || source[at] is '\u2028' or '\u2029' ? ' ' : source[at];
            });
    }
}
