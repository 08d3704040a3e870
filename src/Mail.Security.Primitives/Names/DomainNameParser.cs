using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Mail.Security;

internal enum DomainNameRules : byte
{
    Strict,
    Lax,
}

/// <summary>The one place where text becomes a domain name.</summary>
/// <remarks>
/// Plain ASCII names, almost all there are, never meet the IDNA tables: these would refuse real host names
/// ("r3---sn-x.example") and cost an order of magnitude more.
/// </remarks>
internal static class DomainNameParser
{
    private const int MaxLabel = 63;        // RFC 1035 §2.3.4
    private const int MaxName = 253;        // 255 octets on the wire less the first length octet and the root
    private const int MaxText = 4 * 1024;   // a longer text cannot fold into 253 octets; refused before any work

    private const string Wildcard = "*";

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> LaxLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // UTS #46 non-transitional processing, with the STD3 character rules: the lookup mapping of RFC 5895 §2 in common use.
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public static bool TryParse(string? text, DomainNameRules rules, out DomainName name, out DomainNameFault fault)
    {
        name = default;
        if (string.IsNullOrEmpty(text))
            return Fail(DomainNameFault.Empty, out fault);
        if (text.Length > MaxText)
            return Fail(DomainNameFault.NameTooLong, out fault);
        if (LooksLikeAddress(text))
            return Fail(DomainNameFault.IpAddress, out fault);

        var plain = Ascii.IsValid(text);
        if (!plain)
        {
            text = FoldDots(text);
            rules = DomainNameRules.Strict;
        }
        if (text[^1] == '.')
            return Fail(text.Length == 1 || text[^2] == '.' ? DomainNameFault.EmptyLabel : DomainNameFault.TrailingDot, out fault);

        if (plain && !text.Contains("xn--", StringComparison.OrdinalIgnoreCase))
        {
            var lower = text.ToLowerInvariant();
            return Finish(lower, lower, rules, ref name, out fault);
        }
        return TryMapLabels(text, out var ascii, out var unicode, out fault) && Finish(ascii, unicode, rules, ref name, out fault);
    }

    public static bool TryPrepend(string label, DomainName below, out DomainName name, out DomainNameFault fault)
    {
        name = default;
        if (!Ascii.IsValid(label))
            return Fail(DomainNameFault.InvalidCharacter, out fault);
        if (label == Wildcard)
            return TryPrependWildcard(below, out name, out fault);
        return TryMapLabels(label, out var ascii, out var unicode, out fault)
            && Finish($"{ascii}.{below.Ascii}", $"{unicode}.{below.Unicode}", DomainNameRules.Lax, ref name, out fault);
    }

    private static bool TryPrependWildcard(DomainName below, out DomainName name, out DomainNameFault fault)
    {
        name = default;
        if (below.Ascii.Length + Wildcard.Length + 1 > MaxName)
            return Fail(DomainNameFault.NameTooLong, out fault);
        (name, fault) = (new DomainName($"{Wildcard}.{below.Ascii}", $"{Wildcard}.{below.Unicode}"), DomainNameFault.None);
        return true;
    }

    // The dots IDNA lookups accept beside U+002E: ideographic, fullwidth, halfwidth ideographic (RFC 5895 §2).
    private static string FoldDots(string text) => text.Replace('\u3002', '.').Replace('\uFF0E', '.').Replace('\uFF61', '.');

    private static bool TryMapLabels(string text, out string ascii, out string unicode, out DomainNameFault fault)
    {
        (ascii, unicode) = (string.Empty, string.Empty);
        var (asciiText, unicodeText) = (new StringBuilder(text.Length), new StringBuilder(text.Length));
        foreach (var label in text.Split('.'))
        {
            if (label.Length == 0)
                return Fail(DomainNameFault.EmptyLabel, out fault);
            if (!TryMapLabel(label, out var aLabel, out var uLabel))
                return Fail(DomainNameFault.InvalidIdna, out fault);
            asciiText.Append(asciiText.Length > 0 ? "." : null).Append(aLabel);
            unicodeText.Append(unicodeText.Length > 0 ? "." : null).Append(uLabel);
        }
        (ascii, unicode, fault) = (asciiText.ToString(), unicodeText.ToString(), DomainNameFault.None);
        return true;
    }

    private static bool TryMapLabel(string label, out string aLabel, out string uLabel)
    {
        aLabel = uLabel = label;
        try
        {
            aLabel = Ascii.IsValid(label) ? label.ToLowerInvariant() : Idn.GetAscii(label);
            uLabel = aLabel;
            if (!aLabel.StartsWith("xn--", StringComparison.Ordinal))
                return !aLabel.Contains('.', StringComparison.Ordinal);
            // RFC 5891 §5.4: an A-label is believed only when its U-label encodes to it again.
            uLabel = Idn.GetUnicode(aLabel);
            return !Ascii.IsValid(uLabel) && string.Equals(Idn.GetAscii(uLabel), aLabel, StringComparison.Ordinal);
        }
        catch (ArgumentException)   // how IdnMapping reports a label it refuses
        {
            return false;
        }
    }

    private static bool Finish(string ascii, string unicode, DomainNameRules rules, ref DomainName name, out DomainNameFault fault)
    {
        fault = Check(ascii, rules == DomainNameRules.Lax ? LaxLetters : Letters);
        if (fault != DomainNameFault.None)
            return false;
        name = new DomainName(ascii, unicode);
        return true;
    }

    private static DomainNameFault Check(ReadOnlySpan<char> ascii, SearchValues<char> letters)
    {
        if (ascii.Length > MaxName)
            return DomainNameFault.NameTooLong;
        if (LooksLikeAddress(ascii))
            return DomainNameFault.IpAddress;
        var top = default(ReadOnlySpan<char>);
        foreach (var range in ascii.Split('.'))
        {
            top = ascii[range];
            if (CheckLabel(top, letters) is var fault and not DomainNameFault.None)
                return fault;
        }
        return IsNumber(top) ? DomainNameFault.NumericTopLabel : DomainNameFault.None;
    }

    // RFC 1123 §2.1: the highest-level label is alphabetic, which is what tells a name from a dotted number. Resolver libraries take
    // "0x7f000001" and "127.0x1" for addresses too.
    private static bool IsNumber(ReadOnlySpan<char> label) =>
        label.StartsWith("0x") ? !label[2..].ContainsAnyExcept(HexDigits) : !label.ContainsAnyExceptInRange('0', '9');

    private static DomainNameFault CheckLabel(ReadOnlySpan<char> label, SearchValues<char> letters)
    {
        if (label.IsEmpty)
            return DomainNameFault.EmptyLabel;
        if (label.Length > MaxLabel)
            return DomainNameFault.LabelTooLong;
        if (label.ContainsAnyExcept(letters))
            return DomainNameFault.InvalidCharacter;
        return label[0] == '-' || label[^1] == '-' ? DomainNameFault.HyphenAtLabelEdge : DomainNameFault.None;
    }

    private static bool LooksLikeAddress(ReadOnlySpan<char> text) =>
        text[0] == '[' || (text.Contains(':') && IPAddress.TryParse(text, out _)) || (text.Count('.') == 3 && IPAddress.TryParse(text, out _));

    private static bool Fail(DomainNameFault reason, out DomainNameFault fault)
    {
        fault = reason;
        return false;
    }
}
