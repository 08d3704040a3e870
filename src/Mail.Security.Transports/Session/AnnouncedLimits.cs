using System.Globalization;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What a server announced with LIMITS (RFC 9422): how much of each it takes. Null where it said nothing.</summary>
/// <param name="Transactions">MAILMAX: the transactions of a session.</param>
/// <param name="Recipients">RCPTMAX: the recipients of a transaction.</param>
/// <param name="RecipientDomains">RCPTDOMAINMAX: the domains among the recipients of a session, of all its transactions together.</param>
public sealed record AnnouncedLimits(int? Transactions, int? Recipients, int? RecipientDomains)
{
    private const int MostDigits = 6;

    /// <summary>No limit announced.</summary>
    public static AnnouncedLimits None { get; } = new(null, null, null);

    /// <summary>Reads them from what a server announced. A limit that is no number from 1 to 999,999 is none, and a line that is not well formed says nothing at all.</summary>
    /// <param name="capabilities">The answer to EHLO.</param>
    /// <returns>The limits.</returns>
    public static AnnouncedLimits From(EhloCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        if (!capabilities.TryGet("LIMITS", out var line))
            return None;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == word.Length - 1 || !values.TryAdd(word[..equals], word[(equals + 1)..]))
                return None;
        }
        return new(Read(values, "MAILMAX"), Read(values, "RCPTMAX"), Read(values, "RCPTDOMAINMAX"));
    }

    private static int? Read(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var text) && text.Length <= MostDigits && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : null;
}
