using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>What a resolv.conf says that matters to us: servers, trust, times. The search list is never used.</summary>
internal sealed record ResolvConf(IReadOnlyList<IPEndPoint> Servers, ResolvConfTrust Trust, TimeSpan? Timeout, int? Attempts)
{
    private const int MaxServers = 3;       // MAXNS of resolv.conf(5)
    private const int MaxSeconds = 30;      // RES_MAXRETRANS
    private const int MaxAttempts = 5;      // RES_MAXRETRY
    private const int DnsPort = 53;

    public static ResolvConf Parse(string text)
    {
        var (servers, trust, timeout, attempts) = (new List<IPEndPoint>(), ResolvConfTrust.Unsaid, (TimeSpan?)null, (int?)null);
        foreach (var line in text.Split('\n'))
        {
            // The keyword begins the line; a line that begins with anything else, comments included, means nothing.
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || char.IsWhiteSpace(line[0]))
                continue;
            if (words[0] == "nameserver" && servers.Count < MaxServers && TryAddress(words[1], out var address))
                servers.Add(new IPEndPoint(address, DnsPort));
            if (words[0] != "options")
                continue;
            foreach (var option in words.AsSpan(1))
            {
                // For the C library a comment fills its line. Whoever wrote one here meant what follows it not to count.
                if (option[0] is '#' or ';')
                    break;
                if (option == "trust-ad")
                    trust = ResolvConfTrust.TrustAd;
                else if (TryNumber(option, "timeout:", MaxSeconds, out var seconds))
                    timeout = TimeSpan.FromSeconds(seconds);
                else if (TryNumber(option, "attempts:", MaxAttempts, out var count))
                    attempts = count;
            }
        }
        return new ResolvConf(servers, trust, timeout, attempts);
    }

    // "[::1]:5353" would be read as ::1, its port dropped: another server than the one that is written there.
    private static bool TryAddress(string word, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return !word.StartsWith('[') && IPAddress.TryParse(word, out address);
    }

    private static bool TryNumber(string option, string name, int most, out int value)
    {
        value = 0;
        if (!option.StartsWith(name, StringComparison.Ordinal) || !int.TryParse(option.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return false;
        value = Math.Clamp(value, 1, most);
        return true;
    }
}
