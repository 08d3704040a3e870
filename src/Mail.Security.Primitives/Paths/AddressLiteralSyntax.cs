using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security;

/// <summary>Address literals in square brackets (RFC 5321 §4.1.3).</summary>
/// <remarks>The general form "[tag:...]" is refused: no tag but IPv6 was ever registered.</remarks>
internal static class AddressLiteralSyntax
{
    private const string Ipv6Tag = "IPv6:";
    private static readonly SearchValues<char> Ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads a literal, brackets included, that is the whole of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        if (text.Length < 2 || text[0] != '[' || text[^1] != ']')
            return false;
        text = text[1..^1];
        if (text.StartsWith(Ipv6Tag, StringComparison.OrdinalIgnoreCase))
        {
            text = text[Ipv6Tag.Length..];
            return !text.ContainsAnyExcept(Ipv6Characters) && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        }
        return TryParseIpv4(text, out address);
    }

    /// <summary>The literal of an address, brackets included.</summary>
    public static string Format(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Ipv6Tag}{address}]" : $"[{address}]";

    // Not IPAddress.TryParse: that takes "1.2", hexadecimal and octal numbers for addresses.
    private static bool TryParseIpv4(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        Span<byte> octets = stackalloc byte[4];
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var number = text[range];
            if (count == octets.Length || number.Length is 0 or > 3 || (number.Length > 1 && number[0] == '0')
                || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out octets[count++]))
                return false;
        }
        if (count != octets.Length)
            return false;
        address = new IPAddress(octets);
        return true;
    }
}
