using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.MtaSts;

/// <summary>The limits of fetching and keeping policies. Copied when the fetcher and the resolver are made: a later change reaches neither.</summary>
public sealed class MtaStsOptions
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromDays(365);

    /// <summary>The largest policy in bytes; reading stops at the first byte beyond it. Default 65,536 (RFC 8461 §3.3). 1 to 1,073,741,824.</summary>
    public int MaxPolicyBytes { get; set; } = 64 * 1024;

    /// <summary>The time for a whole fetch, from the address lookup to the last byte. Default one minute (RFC 8461 §3.3). More than zero, at most a day.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The time for one address of the policy host to take the connection, before the next one is tried. Default ten seconds. More than zero, at most a day.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many addresses of the policy host are tried. Default 6. At least 1.</summary>
    public int MaxAddresses { get; set; } = 6;

    /// <summary>
    /// How long a version of a policy that could not be fetched is left alone. Default five minutes, and no less outside a laboratory
    /// (RFC 8461 §3.3). Zero to 365 days.
    /// </summary>
    public TimeSpan FetchBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The age from which a cached policy is fetched anew at its next use although its version has not changed, so that it does not
    /// expire. Default one day (RFC 8461 §3.3). Zero or more. A fetch that fails leaves the cached policy in force.
    /// </summary>
    public TimeSpan RefreshAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The TCP port of policy hosts. Default 443, the only one that the standard knows; another one is for laboratories. 1 to 65535.</summary>
    public int Port { get; set; } = 443;

    /// <summary>Roots that are trusted besides those of the system; null for none. Certificates are not disposed of by this package.</summary>
    public X509Certificate2Collection? ExtraRoots { get; set; }

    // What is used is what was checked.
    internal MtaStsOptions CheckedCopy()
    {
        var copy = (MtaStsOptions)MemberwiseClone();
        copy.ExtraRoots = ExtraRoots is null ? null : [.. ExtraRoots];
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.MaxPolicyBytes, 1, nameof(MaxPolicyBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copy.MaxPolicyBytes, 1 << 30, nameof(MaxPolicyBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(copy.FetchTimeout, TimeSpan.Zero, nameof(FetchTimeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copy.FetchTimeout, LongestWait, nameof(FetchTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(copy.ConnectTimeout, TimeSpan.Zero, nameof(ConnectTimeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copy.ConnectTimeout, LongestWait, nameof(ConnectTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.MaxAddresses, 1, nameof(MaxAddresses));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.FetchBackoff, TimeSpan.Zero, nameof(FetchBackoff));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copy.FetchBackoff, LongestBackoff, nameof(FetchBackoff));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.RefreshAge, TimeSpan.Zero, nameof(RefreshAge));
        ArgumentOutOfRangeException.ThrowIfLessThan(copy.Port, 1, nameof(Port));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copy.Port, 65535, nameof(Port));
        return copy;
    }
}
