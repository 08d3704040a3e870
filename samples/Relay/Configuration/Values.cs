using System.Globalization;
using System.Net;
using Mail.Security;

namespace Relay.Configuration;

/// <summary>Reads single values. Each method throws <see cref="FormatException"/> with half a sentence that says what would be right.</summary>
internal static class Values
{
    public static IReadOnlyList<T> List<T>(string text, Func<string, T> read) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(read)];

    public static IPEndPoint EndPoint(string text, int usualPort)
    {
        // "::1" would be read as an address without a port; what is meant by "[::1]" is clear.
        if (!IPEndPoint.TryParse(text, out var end))
            throw new FormatException($"'{text}' is not an address and port such as 127.0.0.1:25 or [::1]:25");
        return HasPort(text) ? end : new IPEndPoint(end.Address, usualPort);
    }

    public static IPAddress Address(string text) => IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    public static DomainName Domain(string text) => DomainName.TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name");

    public static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network) ? network
        : throw new FormatException($"'{text}' is not a network such as 192.0.2.0/24 or 2001:db8::/32");

    /// <summary>Networks, and addresses that are networks of one.</summary>
    public static IReadOnlyList<IPNetwork> Networks(string text) =>
        List(text, static one => IPAddress.TryParse(one, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : Network(one));

    public static long Number(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new FormatException($"'{text}' is not a whole number from {least} to {most}");

    public static double Fraction(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a number from {least} to {most}"));

    public static T Word<T>(string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name)
        : throw new FormatException($"'{text}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>A length of time longer than zero: a number with ms, s, m, h or d.</summary>
    public static TimeSpan Duration(string text)
    {
        var digits = text.Length - text.TrimStart("0123456789").Length;
        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0 || unit * (double)count > TimeSpan.FromDays(3650))
            throw new FormatException($"'{text}' is not a length of time such as 30s, 15m, 4h or 5d");
        return unit * count;
    }

    /// <summary>A length of time between two others.</summary>
    public static TimeSpan Duration(string text, string least, string most) =>
        Duration(text) is var value && value >= Duration(least) && value <= Duration(most) ? value
        : throw new FormatException($"'{text}' is not a length of time from {least} to {most}");

    private static bool HasPort(string text) => text.StartsWith('[') ? text.Contains("]:", StringComparison.Ordinal) : text.Count(letter => letter == ':') == 1;
}
