using System.Globalization;
using Mail.Security.Dnssec;

namespace Relay.Configuration;

/// <summary>Reads names at and below which nothing is validated.</summary>
internal static class NegativeAnchors
{
    /// <summary>Reads names with optional days.</summary>
    /// <param name="text">The names, with commas.</param>
    /// <param name="anchors">The trust anchors, whose names none may have.</param>
    public static IReadOnlyList<NegativeTrustAnchor> Read(string text, IReadOnlyList<TrustAnchor> anchors)
    {
        var names = Values.List(text, One);
        if (names.GroupBy(static one => one.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new FormatException($"'{twice.Key.Ascii}' is there more than once");
        return names.FirstOrDefault(one => anchors.Any(anchor => anchor.Zone == one.Name)) is { } both
            ? throw new FormatException($"'{both.Name.Ascii}' has a trust anchor (TrustAnchor): leave out one of them") : names;
    }

    // The day is over where it is over: at its end in UTC.
    private static NegativeTrustAnchor One(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
            return new(Values.Domain(text));
        return DateOnly.TryParseExact(text[(at + 1)..].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new(Values.Domain(text[..at].Trim()), new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1))
            : throw new FormatException($"'{text}' is not a name with a day such as corp.example=2027-01-31");
    }
}
