using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.MtaSts;

/// <summary>The limits of fetching and keeping policies. Read once, when the fetcher and the resolver are made.</summary>
public sealed class MtaStsOptions
{
    /// <summary>The largest policy in bytes; reading stops at the first byte beyond it. Default 65,536 (RFC 8461 §3.3). At least 1.</summary>
    public int MaxPolicyBytes { get; set; } = 64 * 1024;

    /// <summary>The time for a whole fetch, from the address lookup to the last byte. Default one minute (RFC 8461 §3.3).</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The time for one address of the policy host to take the connection, before the next one is tried. Default ten seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many addresses of the policy host are tried. Default 6.</summary>
    public int MaxAddresses { get; set; } = 6;

    /// <summary>How long a version of a policy that could not be fetched is left alone. Default five minutes, and no less outside a laboratory (RFC 8461 §3.3).</summary>
    public TimeSpan FetchBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The age from which a cached policy is fetched anew at its next use although its version has not changed, so that it does not
    /// expire. Default one day (RFC 8461 §3.3). A fetch that fails leaves the cached policy in force.
    /// </summary>
    public TimeSpan RefreshAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The TCP port of policy hosts. Default 443, the only one that the standard knows; another one is for laboratories.</summary>
    public int Port { get; set; } = 443;

    /// <summary>Roots that are trusted besides those of the system; null for none. Certificates are not disposed of by this package.</summary>
    public X509Certificate2Collection? ExtraRoots { get; set; }
}
