using System.Globalization;

namespace Mail.Security.Dane;

/// <summary>Makes a stranger's text fit to stand in a log, a report or a notice to a sender: short, on one line, nothing that steers a terminal.</summary>
internal static class ForeignText
{
    private const int Most = 120;
    private const int MostItems = 4;

    public static string OneLine(string text)
    {
        var shown = text.Length <= Most ? text : text[..Most] + "…";
        return string.Create(shown.Length, shown, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = IsHarmless(source[i]) ? source[i] : '?';
        });
    }

    /// <summary>The first few of many texts that are harmless themselves, parted by commas.</summary>
    public static string Some(IEnumerable<string> texts)
    {
        var all = texts.ToArray();
        var shown = string.Join(", ", all.Take(MostItems));
        return all.Length <= MostItems ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown} and {all.Length - MostItems} more");
    }

    // Format characters turn the direction of what follows; a surrogate may have lost its other half above.
    private static bool IsHarmless(char letter) => char.GetUnicodeCategory(letter) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
