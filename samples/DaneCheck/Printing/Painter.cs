using System.Globalization;
using System.Text;

namespace DaneCheck.Printing;

/// <summary>Colours text for a terminal, or leaves it plain; in either case what servers said stays text.</summary>
internal sealed class Painter(Ink[] inks)
{
    private static readonly string[] Codes = ["", "\e[32m", "\e[33m", "\e[31m", "\e[1m", "\e[2m"];
    private const string Reset = "\e[0m";

    /// <summary>For a file, a pipe, or a person who wants no colours.</summary>
    public static Painter Plain { get; } = new([]);

    /// <summary>For a terminal.</summary>
    public static Painter Colourful { get; } = new(Enum.GetValues<Ink>());

    /// <summary>Colours on a terminal, unless NO_COLOR is set or the terminal has none.</summary>
    public static Painter OfThisProcess() =>
        Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is null or "dumb" ? Plain : Colourful;

    /// <summary>Lines of a tree: behind a node that others follow, and behind the last one.</summary>
    public (string Branch, string Trunk, string Last, string Gap) Tree => inks.Length > 0 ? ("├─ ", "│  ", "└─ ", "   ") : ("  ", "  ", "  ", "  ");

    public string Paint(string text, Ink ink)
    {
        text = Clean(text);
        return ink == Ink.Plain || !inks.Contains(ink) ? text : Codes[(int)ink] + text + Reset;
    }

    /// <summary>Text with nothing in it that a terminal obeys, that turns the direction of writing, or that is there and cannot be seen.</summary>
    public static string Clean(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnfit))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsUnfit(rune) ? "?" : rune.ToString());
        return clean.ToString();
    }

    // A lone half of a surrogate pair comes as the replacement character, which can be seen.
    private static bool IsUnfit(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned;
}
