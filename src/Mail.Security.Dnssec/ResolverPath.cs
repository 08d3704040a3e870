using System.Globalization;
using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>The servers a resolver asks, and whether their AD bit is believed. Fixed when the resolver is made.</summary>
/// <param name="Servers">The servers in the order they are asked, never empty.</param>
/// <param name="Source">Where they come from, for people: "options", the path of a file, or "system".</param>
/// <param name="Reason">Why the AD bit is believed or not.</param>
public sealed record ResolverPath(IReadOnlyList<IPEndPoint> Servers, string Source, AdTrustReason Reason)
{
    /// <summary>Where the security of answers comes from: <see cref="DnssecMode.AdBit"/> or <see cref="DnssecMode.Validate"/>, never <see cref="DnssecMode.Auto"/>.</summary>
    public DnssecMode Mode { get; init; } = DnssecMode.AdBit;

    /// <summary>How many trust anchors there are, where answers are validated here; zero elsewhere.</summary>
    public int Anchors { get; init; }

    /// <summary>Where the trust anchors come from, for people: <see cref="DnssecResolverOptions.TrustAnchorSource"/>. Empty where answers are not validated here.</summary>
    public string AnchorSource { get; init; } = "";

    /// <summary>The names at and below which nothing is validated, where answers are validated here; none elsewhere. DANE never applies to them.</summary>
    public IReadOnlyList<NegativeTrustAnchor> NegativeAnchors { get; init; } = [];

    /// <summary>True when the AD bit is believed, if it is to be looked at. When false, and the mode is <see cref="DnssecMode.AdBit"/>, every answer is <see cref="DnsSecurity.Indeterminate"/> and DANE never applies.</summary>
    public bool IsTrusted => Reason is AdTrustReason.Loopback or AdTrustReason.ResolvConf or AdTrustReason.CallerTrusts;

    /// <summary>The mode and its cause as one line for people, made to be printed at start.</summary>
    /// <returns>
    /// Such as <c>AD bit believed: every server is a loopback address (127.0.0.1:53, from /etc/resolv.conf)</c>, or
    /// <c>answers are validated here: the configuration says so (192.0.2.1:53, from options; 2 trust anchors, built in; nothing is validated at or below corp.example)</c>.
    /// </returns>
    public override string ToString()
    {
        var why = (Mode, Reason) switch
        {
            (DnssecMode.Validate, AdTrustReason.NetworkPath) => "answers are validated here: a server is reached over a network or a relay, and nothing says that it may be trusted",
            (DnssecMode.Validate, AdTrustReason.CallerDistrusts) => "answers are validated here: the configuration says that the AD bit is not to be believed",
            (DnssecMode.Validate, _) => "answers are validated here: the configuration says so",
            (_, AdTrustReason.Loopback) => "AD bit believed: every server is a loopback address",
            (_, AdTrustReason.ResolvConf) => "AD bit believed: resolv.conf says \"options trust-ad\"",
            (_, AdTrustReason.CallerTrusts) => "AD bit believed: the configuration says so",
            (_, AdTrustReason.CallerDistrusts) => "AD bit not believed: the configuration says so; every answer is indeterminate",
            _ => "AD bit not believed: a server is reached over a network or a relay, and nothing says that it may be trusted; every answer is indeterminate",
        };
        return $"{why} ({string.Join(", ", Servers)}, from {Source}{Anchoring})";
    }

    private string Anchoring => Mode != DnssecMode.Validate ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; {Anchors} trust anchor{(Anchors == 1 ? "" : "s")}, {AnchorSource}{(NegativeAnchors.Count == 0 ? "" : $"; nothing is validated at or below {string.Join(", ", NegativeAnchors)}")}");
}
