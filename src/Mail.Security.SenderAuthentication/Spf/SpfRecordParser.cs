using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.SenderAuthentication;

/// <summary>Reads a record; a fault anywhere in it makes it unusable as a whole (RFC 7208 §4.6).</summary>
internal static class SpfRecordParser
{
    private const string Version = "v=spf1";

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Whether a TXT record is an SPF record at all (RFC 7208 §4.5).</summary>
    public static bool IsSpf(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <summary>The record; or the term that is wrong.</summary>
    public static (SpfRecord? Record, string Wrong) Parse(string text)
    {
        var directives = new List<SpfDirective>();
        MacroText? redirect = null, explanation = null;
        foreach (var term in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = term.IndexOfAny(['=', ':', '/']);
            if (at >= 0 && term[at] == '=')
            {
                if (!IsName(term.AsSpan(0, at)) || !Modifier(term[..at], term[(at + 1)..], ref redirect, ref explanation))
                    return (null, term);
            }
            else if (Directive(term) is { } directive)
                directives.Add(directive);
            else
                return (null, term);
        }
        return (new SpfRecord(directives, redirect, explanation), "");
    }

    // RFC 7208 §6: each of the two known ones once at most, any other as often as it likes.
    private static bool Modifier(string name, string value, ref MacroText? redirect, ref MacroText? explanation)
    {
        switch (name.ToUpperInvariant())
        {
            case "REDIRECT":
                return redirect is null && (redirect = MacroText.Parse(value, MacroPlace.Domain)) is not null;
            case "EXP":
                return explanation is null && (explanation = MacroText.Parse(value, MacroPlace.Domain)) is not null;
            default:
                return MacroText.Parse(value, MacroPlace.UnknownModifier) is not null;
        }
    }

    private static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !text.ContainsAnyExcept(NameLetters);

    private static SpfDirective? Directive(string term)
    {
        var qualifier = term[0] switch
        {
            '-' => SpfQualifier.Fail,
            '~' => SpfQualifier.SoftFail,
            '?' => SpfQualifier.Neutral,
            _ => SpfQualifier.Pass,
        };
        var text = term[0] is '+' or '-' or '~' or '?' ? term[1..] : term;
        var at = text.IndexOfAny([':', '/']);
        var (name, rest) = at < 0 ? (text, "") : (text[..at], text[at..]);
        return Mechanism(name.ToUpperInvariant(), rest) is { } mechanism ? new SpfDirective(qualifier, mechanism, term) : null;
    }

    private static SpfMechanism? Mechanism(string name, string rest) => name switch
    {
        "ALL" => rest.Length == 0 ? new SpfMechanism.All() : null,
        "INCLUDE" => Domain(rest) is { } domain ? new SpfMechanism.Include(domain) : null,
        "EXISTS" => Domain(rest) is { } domain ? new SpfMechanism.Exists(domain) : null,
        "PTR" => rest.Length == 0 ? new SpfMechanism.Ptr(null) : Domain(rest) is { } domain ? new SpfMechanism.Ptr(domain) : null,
        "A" => Host(rest) is var (domain, prefix) ? new SpfMechanism.A(domain, prefix) : null,
        "MX" => Host(rest) is var (domain, prefix) ? new SpfMechanism.Mx(domain, prefix) : null,
        "IP4" => Network(rest, AddressFamily.InterNetwork, 32) is var (network, bits) ? new SpfMechanism.Ip(network, new PrefixLengths(bits, 0)) : null,
        "IP6" => Network(rest, AddressFamily.InterNetworkV6, 128) is var (network, bits) ? new SpfMechanism.Ip(network, new PrefixLengths(0, bits)) : null,
        _ => null,
    };

    private static MacroText? Domain(string rest) => rest.StartsWith(':') ? MacroText.Parse(rest[1..], MacroPlace.Domain) : null;

    // RFC 7208 §5.6: [ ":" domain-spec ] [ "/" four ] [ "//" six ]. A slash may stand in a domain-spec too (§7.1), but none ends with one and
    // digits: what looks like a length is one, and anything else is the domain's, which then has to end as a domain does.
    private static (MacroText? Domain, PrefixLengths Prefix)? Host(string rest)
    {
        var (four, six) = (32, 128);
        if (rest.LastIndexOf("//", StringComparison.Ordinal) is >= 0 and var atSix && Bits(rest[(atSix + 2)..], 128) is { } bitsOfSix)
            (six, rest) = (bitsOfSix, rest[..atSix]);
        if (rest.LastIndexOf('/') is >= 0 and var atFour && Bits(rest[(atFour + 1)..], 32) is { } bitsOfFour)
            (four, rest) = (bitsOfFour, rest[..atFour]);
        if (rest.Length == 0)
            return (null, new PrefixLengths(four, six));
        return Domain(rest) is { } domain ? (domain, new PrefixLengths(four, six)) : null;
    }

    private static (IPAddress Network, int Bits)? Network(string rest, AddressFamily family, int most)
    {
        if (!rest.StartsWith(':'))
            return null;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (text, bits) = slash < 0 ? (rest[1..], most) : (rest[1..slash], Bits(rest[(slash + 1)..], most));
        if (bits is null || !IPAddress.TryParse(text, out var address) || address.AddressFamily != family || text.AsSpan().ContainsAny("[]%"))
            return null;
        // What is read otherwise than by RFC 7208 §5.6: 192.0.2, 0xc0.0.2.1, 192.0.02.1.
        if (family == AddressFamily.InterNetwork && address.ToString() != text)
            return null;
        return (address, bits.Value);
    }

    // No leading zero (RFC 7208 §5.6).
    private static int? Bits(string text, int most) =>
        text.Length is > 0 and <= 3 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0') && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= most ? bits : null;
}
