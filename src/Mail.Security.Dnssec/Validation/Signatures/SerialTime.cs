using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>The times of signatures: seconds since 1970 that wrap, within 68 years of now (RFC 4034 §3.1.5).</summary>
internal static class SerialTime
{
    /// <summary>By how many seconds the first is later.</summary>
    public static int Compare(uint one, uint other) => (int)(one - other);

    public static uint Of(DateTimeOffset moment) => (uint)moment.ToUnixTimeSeconds();

    public static string ToText(uint moment, DateTimeOffset now) =>
        now.AddSeconds(Compare(moment, Of(now))).ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
