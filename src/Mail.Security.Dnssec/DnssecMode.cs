namespace Mail.Security.Dnssec;

/// <summary>Where the security of an answer comes from.</summary>
public enum DnssecMode : byte
{
    /// <summary>From the AD bit on a trusted path (<see cref="AdTrust"/>), and by validation here on any other. Decided once, when the resolver is made.</summary>
    Auto,

    /// <summary>From the AD bit alone: where the path is not trusted every answer is <see cref="DnsSecurity.Indeterminate"/>.</summary>
    AdBit,

    /// <summary>By validation here, from the trust anchors down (RFC 4035 §5), whatever the path. The servers must pass DNSSEC records on.</summary>
    Validate,
}
