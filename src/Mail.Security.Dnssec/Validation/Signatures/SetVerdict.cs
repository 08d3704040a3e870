namespace Mail.Security.Dnssec;

/// <summary>What the signatures of one set of records prove.</summary>
internal abstract record SetVerdict
{
    /// <summary>A key of the zone signed the records.</summary>
    /// <param name="Set">The records.</param>
    /// <param name="Signature">The signature that fits.</param>
    /// <param name="Key">The key that made it.</param>
    /// <param name="Ttl">How long the records may be kept, in seconds (RFC 4035 §5.3.3).</param>
    /// <param name="Encloser">The name below which a wildcard made the records; null when they are the owner's own (RFC 4035 §5.3.4).</param>
    internal sealed record Secure(RecordSet Set, SignatureData Signature, DnsKeyData Key, uint Ttl, CanonicalName? Encloser) : SetVerdict;

    /// <summary>Nothing proves the records.</summary>
    /// <param name="Error">The extended error it deserves (RFC 8914 §4).</param>
    internal sealed record Refused(ExtendedDnsError Error) : SetVerdict;
}
