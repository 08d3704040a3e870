namespace Mail.Security.Dnssec;

/// <summary>Whether the AD bit of the configured servers is believed (RFC 4035 §4.9.3).</summary>
/// <remarks>
/// The bit is worth what the path to the server is worth: whoever can change a packet on the way can set it. Where it is not believed,
/// <see cref="DnssecMode.Auto"/> validates here instead, which needs no trusted path.
/// </remarks>
public enum AdTrust : byte
{
    /// <summary>
    /// Believed when every server is a loopback address, or when the servers come from a resolv.conf that says <c>options trust-ad</c>.
    /// Never with 127.0.0.11, Docker's relay to servers of the network (which copies that option from its host), or 127.0.0.54, that of systemd-resolved, among them.
    /// </summary>
    Auto,

    /// <summary>Believed. The caller vouches that the servers validate and that nobody else can answer in their place.</summary>
    Trust,

    /// <summary>Never believed: with <see cref="DnssecMode.AdBit"/> every answer is <see cref="DnsSecurity.Indeterminate"/>.</summary>
    Distrust,
}
