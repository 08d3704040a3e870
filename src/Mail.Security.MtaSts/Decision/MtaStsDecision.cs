using Mail.Security.Dnssec;

namespace Mail.Security.MtaSts;

/// <summary>What MTA-STS asks of a delivery to a domain (RFC 8461 §3.3, §5.1).</summary>
public abstract record MtaStsDecision
{
    private MtaStsDecision()
    {
    }

    /// <summary>No policy is in force: deliver as if MTA-STS did not exist. It never relaxes what DANE asks (RFC 8461 §2).</summary>
    /// <param name="Why">The reason.</param>
    /// <param name="Detail">The reason, for people.</param>
    public sealed record None(MtaStsAbsence Why, string Detail) : MtaStsDecision
    {
        /// <summary>How the fetch failed, when <see cref="Why"/> is <see cref="MtaStsAbsence.FetchFailed"/> or <see cref="MtaStsAbsence.FetchBackoff"/>.</summary>
        public MtaStsFetchFailure FetchFailure { get; init; }
    }

    /// <summary>A policy is in force; its mode is testing or enforce.</summary>
    /// <param name="Policy">The policy.</param>
    /// <param name="PolicyId">Its version.</param>
    /// <param name="Origin">Where it came from.</param>
    /// <param name="Age">The time since it was fetched.</param>
    /// <param name="RefreshFailure">Why the policy may be outdated, for people; null when the domain's record confirmed its version and no fetch failed.</param>
    public sealed record InForce(MtaStsPolicy Policy, string PolicyId, PolicyOrigin Origin, TimeSpan Age, string? RefreshFailure) : MtaStsDecision;

    /// <summary>It cannot be told whether a policy exists: try again later. The domain may have an enforced policy.</summary>
    /// <param name="Reason">How the lookup failed.</param>
    /// <param name="Error">The extended DNS error, when the resolver sent one.</param>
    /// <param name="Detail">What happened, for people.</param>
    public sealed record Defer(DnsFailure Reason, ExtendedDnsError? Error, string Detail) : MtaStsDecision;
}
