using System.Globalization;

namespace Mail.Security.Smtp;

/// <summary>Date and time of the Internet, normalised to UTC: "2030-01-01T00:00:00Z", with any fraction of a second (RFC 4865 §3).</summary>
internal static class InternetTime
{
    public static bool TryParseUtc(string text, out DateTimeOffset time)
    {
        time = default;
        if (!text.EndsWith('Z') || text.Length < 20)
            return false;
        var fraction = text[19..^1];
        if (fraction.Length == 1 || (fraction.Length > 1 && (fraction[0] != '.' || fraction.AsSpan(1).ContainsAnyExceptInRange('0', '9'))))
            return false;
        return DateTimeOffset.TryParseExact(text[..19], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
