using System.Buffers;
using System.Globalization;

namespace Mail.Security.SenderAuthentication;

/// <summary>A text with macros (RFC 7208 §7.1).</summary>
internal sealed record MacroText(IReadOnlyList<MacroPart> Parts)
{
    private const int MostParts = 128;          // a name has no more labels (RFC 7208 §7.3)
    private const string Letters = "slodiphcrtv";
    private const string Delimiters = ".-+,/_=";

    private static readonly SearchValues<char> DelimiterSet = SearchValues.Create(Delimiters);

    public bool Uses(char letter) => Parts.Any(part => part.Letter == letter);

    /// <summary>Reads a text; null when it breaks the grammar.</summary>
    public static MacroText? Parse(string text, MacroPlace place)
    {
        var (parts, at) = (new List<MacroPart>(), 0);
        while (at < text.Length)
        {
            var part = text[at] == '%' ? Macro(text, ref at, place) : Literal(text, ref at, place);
            if (part is null)
                return null;
            parts.Add(part);
        }
        return place == MacroPlace.Domain && !EndsAsADomain(parts) ? null : new MacroText(parts);
    }

    private static MacroPart? Literal(string text, ref int at, MacroPlace place)
    {
        var from = at;
        while (at < text.Length && text[at] != '%')
        {
            if (text[at] is < ' ' or > '~' || (text[at] == ' ' && place != MacroPlace.Explanation))
                return null;
            at++;
        }
        return MacroPart.Of(text[from..at]);
    }

    private static MacroPart? Macro(string text, ref int at, MacroPlace place)
    {
        var kind = at + 1 < text.Length ? text[at + 1] : '\0';
        at += 2;
        return kind switch
        {
            '%' => MacroPart.Of("%") with { IsMacro = true },
            '_' => MacroPart.Of(" ") with { IsMacro = true },
            '-' => MacroPart.Of("%20") with { IsMacro = true },
            '{' => Expansion(text, ref at, place),
            _ => null,
        };
    }

    private static MacroPart? Expansion(string text, ref int at, MacroPlace place)
    {
        var end = text.IndexOf('}', at);
        if (end <= at)
            return null;
        var inside = text.AsSpan(at, end - at);
        at = end + 1;
        var letter = char.ToLowerInvariant(inside[0]);
        // RFC 7208 §7.2: c, r and t are for explanations.
        if (!char.IsAscii(letter) || !Letters.Contains(letter, StringComparison.Ordinal) || (place == MacroPlace.Domain && letter is 'c' or 'r' or 't'))
            return null;
        var rest = inside[1..];
        var digits = rest.Length - rest.TrimStart("0123456789").Length;
        var take = digits == 0 ? MostParts : !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? MostParts : Math.Min(number, MostParts);
        rest = rest[digits..];
        var order = rest.Length > 0 && rest[0] is 'r' or 'R' ? MacroOrder.Reversed : MacroOrder.AsIs;
        rest = order == MacroOrder.Reversed ? rest[1..] : rest;
        return take == 0 || rest.ContainsAnyExcept(DelimiterSet) ? null : new MacroPart
        {
            IsMacro = true, Letter = letter, Take = take, Order = order, Delimiters = rest.Length == 0 ? "." : rest.ToString(), Form = char.IsAsciiLetterUpper(inside[0]) ? MacroForm.Escaped : MacroForm.Plain,
            IsTransformed = inside.Length > 1,
        };
    }

    // RFC 7208 §7.1: a macro, or a dot and a label that is not all digits, and maybe a last dot.
    private static bool EndsAsADomain(List<MacroPart> parts)
    {
        if (parts.Count == 0 || parts[^1].IsMacro)
            return parts.Count > 0;
        var tail = parts[^1].Text.EndsWith('.') ? parts[^1].Text[..^1] : parts[^1].Text;
        var dot = tail.LastIndexOf('.');
        var label = tail[(dot + 1)..];
        return dot >= 0 && label.Length > 0 && label[0] != '-' && label[^1] != '-'
            && label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') && !label.All(char.IsAsciiDigit);
    }
}

/// <summary>A piece of a text: as it is, or to be expanded.</summary>
internal sealed record MacroPart
{
    public string Text { get; private init; } = string.Empty;

    public bool IsMacro { get; init; }

    /// <summary>What to expand, in lower case; NUL for a text.</summary>
    public char Letter { get; init; }

    /// <summary>How many parts from the right.</summary>
    public int Take { get; init; }

    public MacroOrder Order { get; init; }

    public string Delimiters { get; init; } = ".";

    public MacroForm Form { get; init; }

    public bool IsTransformed { get; init; }

    public static MacroPart Of(string text) => new() { Text = text };

    /// <summary>The value in the form that is asked for (RFC 7208 §7.3).</summary>
    public string Transform(string value)
    {
        if (IsTransformed)
        {
            IEnumerable<string> pieces = value.Split(Delimiters.ToCharArray());
            pieces = Order == MacroOrder.Reversed ? pieces.Reverse() : pieces;
            value = string.Join('.', pieces.TakeLast(Take));
        }
        return Form == MacroForm.Escaped ? Uri.EscapeDataString(value) : value;
    }
}

/// <summary>Where a text with macros stands.</summary>
internal enum MacroPlace : byte
{
    Domain = 0,
    Explanation,
    UnknownModifier,
}

internal enum MacroOrder : byte
{
    AsIs = 0,
    Reversed,
}

internal enum MacroForm : byte
{
    Plain = 0,
    Escaped,
}
