using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace Mail.Security;

/// <summary>The one place where text becomes a path (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
internal static class MailPathParser
{
    // Octets. RFC 5321 §4.5.3.1.1 names 64 and asks for no limits where possible (RFC 5321 §4.5.3.1); bounce addresses made by
    // machines are longer, and to refuse them loses mail.
    private const int MaxLocalPart = 128;
    private const int MaxPath = 256 - 2;            // octets without the angle brackets, RFC 5321 §4.5.3.1.3
    private const int MaxText = 4 * 1024;           // with source routes and needless quoting; refused before any work

    public static bool TryParseAddress(string? address, out MailPath path, out MailPathFault fault)
    {
        path = default;
        if (string.IsNullOrEmpty(address))
            return Fail(MailPathFault.Empty, out fault);
        fault = CheckCharacters(address);
        return fault == MailPathFault.None && TryParseMailbox(address, out path, out fault);
    }

    public static bool TryParseWire(ReadOnlySpan<byte> wire, out MailPath path, out MailPathFault fault)
    {
        path = default;
        if (wire.Length > MaxText)
            return Fail(MailPathFault.TooLong, out fault);
        if (!Utf8.IsValid(wire))
            return Fail(MailPathFault.InvalidEncoding, out fault);
        fault = MailPathFault.None;
        if (wire.IsEmpty)
            return true;                            // the null reverse-path

        var text = Encoding.UTF8.GetString(wire).AsSpan();
        fault = CheckCharacters(text);
        if (fault != MailPathFault.None)
            return false;
        if (text.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
        {
            path = new MailPath("Postmaster", default, null);   // RFC 5321 §4.1.1.3: without a domain, in any case
            return true;
        }
        return TrySkipSourceRoute(ref text) ? TryParseMailbox(text, out path, out fault) : Fail(MailPathFault.InvalidSourceRoute, out fault);
    }

    private static MailPathFault CheckCharacters(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxText)
            return MailPathFault.TooLong;
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate, which enumerates as U+FFFD (itself in no address either), or a noncharacter: some of these make
            // the normalization throw.
            if (rune == Rune.ReplacementChar || IsNoncharacter(rune))
                return MailPathFault.InvalidEncoding;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return MailPathFault.ControlCharacter;
        }
        return MailPathFault.None;
    }

    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    // RFC 5321 §4.1.2, Appendix C: "@one,@two:" must be accepted and should be ignored.
    private static bool TrySkipSourceRoute(ref ReadOnlySpan<char> text)
    {
        if (text[0] != '@')
            return true;
        var colon = text.IndexOf(':');
        if (colon < 0)
            return false;
        var route = text[..colon];
        foreach (var range in route.Split(','))
        {
            var hop = route[range];
            if (hop.Length < 2 || hop[0] != '@' || !DomainName.TryParse(hop[1..].ToString(), out _))
                return false;
        }
        text = text[(colon + 1)..];
        return true;
    }

    private static bool TryParseMailbox(ReadOnlySpan<char> text, out MailPath path, out MailPathFault fault)
    {
        path = default;
        if (!LocalPartSyntax.TryRead(text, out var local, out var length))
            return Fail(MailPathFault.InvalidLocalPart, out fault);
        if (length == text.Length || text[length] != '@')
            return Fail(length == text.Length ? MailPathFault.MissingDomain : MailPathFault.InvalidLocalPart, out fault);
        local = local.Normalize(NormalizationForm.FormC);
        if (Encoding.UTF8.GetByteCount(LocalPartSyntax.Quote(local)) > MaxLocalPart)
            return Fail(MailPathFault.LocalPartTooLong, out fault);
        if (!TryParseDomain(text[(length + 1)..], out var domain, out var literal, out fault))
            return false;

        var candidate = new MailPath(local, domain, literal);
        if (candidate.GetByteCount() > MaxPath)
            return Fail(MailPathFault.TooLong, out fault);
        path = candidate;
        return true;
    }

    private static bool TryParseDomain(ReadOnlySpan<char> text, out DomainName domain, out IPAddress? literal, out MailPathFault fault)
    {
        (domain, literal, fault) = (default, null, MailPathFault.None);
        if (text.IsEmpty)
            return Fail(MailPathFault.MissingDomain, out fault);
        if (text[0] == '[')
            return AddressLiteralSyntax.TryParse(text, out literal) || Fail(MailPathFault.InvalidAddressLiteral, out fault);
        return DomainName.TryParse(text.ToString(), out domain) || Fail(MailPathFault.InvalidDomain, out fault);
    }

    private static bool Fail(MailPathFault reason, out MailPathFault fault)
    {
        fault = reason;
        return false;
    }
}
