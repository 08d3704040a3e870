namespace Mail.Security.Testing;

/// <summary>How a signature departs from the one the zone would make. What is null stays as it is; the signature is made over what it says.</summary>
public sealed record SignatureChange
{
    /// <summary>When it begins to be valid, from now on; negative for the past.</summary>
    public TimeSpan? Inception { get; init; }

    /// <summary>When it expires, from now on; negative for the past.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>How many labels it counts (RFC 4034 §3.1.3).</summary>
    public int? Labels { get; init; }

    /// <summary>The original time to live, in seconds (RFC 4034 §3.1.4).</summary>
    public uint? OriginalTtl { get; init; }

    /// <summary>The tag of the key it names, whatever key made it.</summary>
    public int? KeyTag { get; init; }

    /// <summary>The number of the algorithm it names, whatever made it.</summary>
    public int? Algorithm { get; init; }

    /// <summary>The signer it names, whoever made it.</summary>
    public string? Signer { get; init; }

    /// <summary>The key that makes it, in the zone or not; null for those of the zone.</summary>
    public DnssecTestKey? Key { get; init; }

    /// <summary>A signature that was good until some time ago.</summary>
    /// <param name="ago">For how long it has been expired.</param>
    /// <returns>The change.</returns>
    public static SignatureChange Expired(TimeSpan ago) => new() { Inception = -ago - TimeSpan.FromDays(14), Expiration = -ago };

    /// <summary>A signature that will be good.</summary>
    /// <param name="ahead">In how long.</param>
    /// <returns>The change.</returns>
    public static SignatureChange NotYetValid(TimeSpan ahead) => new() { Inception = ahead, Expiration = ahead + TimeSpan.FromDays(14) };
}
