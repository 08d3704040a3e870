namespace Mail.Security.Dnssec;

/// <summary>Why the AD bit is believed, or why not.</summary>
public enum AdTrustReason : byte
{
    /// <summary>Not believed: a server is reached over a network, or by a relay (Docker's at 127.0.0.11, systemd-resolved's at 127.0.0.54), and nothing says that it may be trusted.</summary>
    NetworkPath,

    /// <summary>Not believed, by <see cref="AdTrust.Distrust"/>.</summary>
    CallerDistrusts,

    /// <summary>Believed: every server is a loopback address.</summary>
    Loopback,

    /// <summary>Believed: resolv.conf says <c>options trust-ad</c>.</summary>
    ResolvConf,

    /// <summary>Believed, by <see cref="AdTrust.Trust"/>.</summary>
    CallerTrusts,
}
