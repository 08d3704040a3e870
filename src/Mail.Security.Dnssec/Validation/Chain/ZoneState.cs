using System.Collections.Immutable;

namespace Mail.Security.Dnssec;

/// <summary>What is known of the keys of a zone.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Chain">How it was found, from the trust anchor on.</param>
internal abstract record ZoneState(CanonicalName Zone, ImmutableArray<DnssecLink> Chain)
{
    /// <summary>The keys are proven.</summary>
    internal sealed record Trusted(CanonicalName Zone, ImmutableArray<DnssecLink> Chain, IReadOnlyList<DnsKeyData> Keys) : ZoneState(Zone, Chain);

    /// <summary>It is proven that nothing can be proven.</summary>
    /// <param name="Zone">The zone.</param>
    /// <param name="Chain">How it was found.</param>
    /// <param name="Note">The extended error that says why, where it is more than a delegation without keys.</param>
    internal sealed record Insecure(CanonicalName Zone, ImmutableArray<DnssecLink> Chain, ExtendedDnsError? Note) : ZoneState(Zone, Chain)
    {
        /// <summary>When it is so no longer, where that is fixed.</summary>
        public DateTimeOffset? Ends { get; init; }
    }

    /// <summary>No trust anchor is at or above the name.</summary>
    internal sealed record Unanchored(CanonicalName Zone) : ZoneState(Zone, []);

    /// <summary>The keys should be proven, and are not; or a lookup on the way failed.</summary>
    internal sealed record Refused(CanonicalName Zone, ImmutableArray<DnssecLink> Chain, DnsFailure Reason, ExtendedDnsError? Error, string Detail) : ZoneState(Zone, Chain)
    {
        /// <summary>What further servers said, where it is something else.</summary>
        public ExtendedDnsError? Note { get; init; }

        /// <summary>For how long it is kept; null where it is not.</summary>
        public Lifetime? Kept { get; init; }
    }
}
