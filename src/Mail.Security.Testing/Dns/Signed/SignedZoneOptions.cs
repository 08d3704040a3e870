namespace Mail.Security.Testing;

/// <summary>How a zone of <see cref="SignedDnsServer"/> is signed.</summary>
public sealed class SignedZoneOptions
{
    /// <summary>The algorithms; each gives a key for keys and a key for records. Default: ECDSA P-256, whose keys are made fast.</summary>
    public IReadOnlyList<DnssecTestAlgorithm> Algorithms { get; init; } = [DnssecTestAlgorithm.EcdsaP256];

    /// <summary>How absence is proven. Default: NSEC.</summary>
    public SignedZoneDenial Denial { get; init; }

    /// <summary>The salt of NSEC3, at most 255 octets. Default: none.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>How many more times NSEC3 hashes. Default: none (RFC 9276 §3.1).</summary>
    public ushort Iterations { get; init; }

    /// <summary>How the zone above delegates it. Default: with DS records.</summary>
    public SignedZoneDelegation Delegation { get; init; }

    /// <summary>The types of the DS records' digests, by number. Default: 2, SHA-256.</summary>
    public IReadOnlyList<int> DigestTypes { get; init; } = [2];

    /// <summary>The time to live of records. Default: five minutes.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time to live of denials. Default: one minute.</summary>
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long ago signatures were made. Default: one hour.</summary>
    public TimeSpan SignedSince { get; init; } = TimeSpan.FromHours(1);

    /// <summary>For how long from now on signatures are good. Default: two weeks.</summary>
    public TimeSpan SignedFor { get; init; } = TimeSpan.FromDays(14);
}
