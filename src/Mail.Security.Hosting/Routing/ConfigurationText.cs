using System.Globalization;
using System.Net;
using Mail.Security.Delivery;

namespace Mail.Security.Hosting;

/// <summary>Reads single values. Each method throws <see cref="FormatException"/> with half a sentence that says what would be right.</summary>
internal static class ConfigurationText
{
    public static DomainPattern Pattern(string text) => DomainPattern.TryParse(text, out var pattern) ? pattern
        : throw new FormatException($"'{text}' is not a domain such as example.com or .example.com");

    public static SenderPattern Sender(string text) => SenderPattern.TryParse(text, out var pattern) ? pattern
        : throw new FormatException($"'{text}' is not a domain such as example.com or .example.com, nor <>");

    public static DomainName Domain(string text) => DomainName.TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name");

    public static TransportName Transport(string text) => TransportName.TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not the name of a transport");

    public static IPAddress Address(string text) => IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    public static EnhancedStatus Status(string text) => EnhancedStatus.TryParse(text, out var status) ? status : throw new FormatException($"'{text}' is not a status such as 5.7.1");

    public static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a whole number from {least} to {most}"));

    public static bool Truth(string text) => bool.TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is neither true nor false");

    public static T Word<T>(string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name)
        : throw new FormatException($"'{text}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>"100/1h": a number of messages and a length of time.</summary>
    public static MessageRate Rate(string text)
    {
        var parts = text.Split('/', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && TryDuration(parts[1], out var period) && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var messages)
            && messages is >= 1 and <= 100_000 && period <= TimeSpan.FromDays(1)
            ? new MessageRate(messages, period)
            : throw new FormatException($"'{text}' is not a rate such as 100/1h: 1 to 100000 messages in a time of at most a day");
    }

    private static bool TryDuration(string text, out TimeSpan value)
    {
        var digits = text.Length - text.TrimStart("0123456789").Length;
        var unit = text[digits..] switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        var isNumber = int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000;
        value = isNumber ? count * unit : TimeSpan.Zero;
        return value > TimeSpan.Zero;
    }
}
