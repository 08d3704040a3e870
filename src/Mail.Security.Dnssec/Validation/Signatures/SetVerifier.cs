namespace Mail.Security.Dnssec;

/// <summary>Checks the signatures of a set of records by the keys of one zone (RFC 4035 §5.3).</summary>
internal sealed class SetVerifier(TimeSpan clockSkew, Sha1Use sha1, TimeProvider time)
{
    // CVE-2023-50387: many signatures times many keys of one tag. Honest zones have one or two of each, twice as many while keys change.
    private const int MaxChecksOfSet = 8;

    /// <summary>Checks.</summary>
    /// <param name="set">The records.</param>
    /// <param name="zone">The zone; signatures of other signers are passed over.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="budget">What is left to spend.</param>
    public SetVerdict Verify(RecordSet set, CanonicalName zone, IReadOnlyList<DnsKeyData> keys, WorkBudget budget)
    {
        if (!set.Owner.IsAtOrBelow(zone))
            return Refuse(6, $"{set} is not in the zone {zone}");
        ExtendedDnsError? nearest = null;
        var checks = 0;
        foreach (var signature in set.Signatures)
        {
            if (!signature.Signer.Equals(zone))
                continue;
            if (Fault(set, signature) is { } fault)
            {
                nearest = Nearer(nearest, fault);
                continue;
            }
            var found = false;
            foreach (var key in keys)
            {
                // RFC 5011 §2.1: a revoked key proves nothing more.
                if (key.Tag != signature.KeyTag || key.Algorithm != signature.Algorithm || !key.IsZoneKey || key.IsRevoked)
                    continue;
                found = true;
                if (++checks > MaxChecksOfSet || !budget.TrySpendSignature())
                    return Refuse(6, $"{set}: more signatures and keys of zone {zone} than are tried");
                if (SignedData.Of(set, signature) is { } data && key.Key.Verify(data, signature.Signature))
                    return new SetVerdict.Secure(set, signature, key, Ttl(set, signature), Encloser(set, signature));
            }
            nearest = Nearer(nearest, found ? Error(6, $"{set}: the signature by key {signature.KeyTag} of zone {zone} does not fit") : WithoutKey(set, signature, keys));
        }
        return new SetVerdict.Refused(nearest ?? Error(10, $"{set}: no signature of zone {zone}"));
    }

    private static ExtendedDnsError WithoutKey(RecordSet set, SignatureData signature, IReadOnlyList<DnsKeyData> keys) =>
        keys.Any(key => key.Tag == signature.KeyTag && key.Algorithm == signature.Algorithm && !key.HasZoneFlag)
            ? Error(11, $"{set}: key {signature.KeyTag} of zone {signature.Signer} has no zone flag, and must sign no records")
            : Error(9, $"{set}: zone {signature.Signer} has no key {signature.KeyTag} ({SigningAlgorithms.Name(signature.Algorithm)}) that signed it");

    /// <summary>The signature by one key, revoked or not; null when there is none that fits. For those who decide what the key is worth (RFC 5011 §2.1).</summary>
    public SignatureData? SignatureBy(DnsKeyData key, RecordSet set, CanonicalName zone, WorkBudget budget)
    {
        foreach (var signature in set.Signatures)
        {
            if (!signature.Signer.Equals(zone) || key.Tag != signature.KeyTag || key.Algorithm != signature.Algorithm || Fault(set, signature) is not null)
                continue;
            if (!budget.TrySpendSignature())
                return null;
            if (SignedData.Of(set, signature) is { } data && key.Key.Verify(data, signature.Signature))
                return signature;
        }
        return null;
    }

    // RFC 4035 §5.3.1.
    private ExtendedDnsError? Fault(RecordSet set, SignatureData signature)
    {
        var (zone, tag) = (signature.Signer, signature.KeyTag);
        if (signature.Labels > set.SignedLabels || signature.Labels < zone.Labels)
            return Error(6, $"{set}: the signature by key {tag} of zone {zone} counts {signature.Labels} labels");
        if (!SigningAlgorithms.IsKnown(signature.Algorithm, sha1))
            return Error(1, $"{set}: the signature by key {tag} of zone {zone} is of {SigningAlgorithms.Name(signature.Algorithm)}");
        var now = SerialTime.Of(time.GetUtcNow());
        if (SerialTime.Compare(signature.Expiration, signature.Inception) < 0)
            return Error(25, $"{set}: the signature by key {tag} of zone {zone} expires before it is valid");
        var skew = (int)clockSkew.TotalSeconds;
        if (SerialTime.Compare(signature.Expiration, now) < -skew)
            return Error(7, $"{set}: the signature by key {tag} of zone {zone} expired {SerialTime.ToText(signature.Expiration, time.GetUtcNow())}");
        return SerialTime.Compare(now, signature.Inception) < -skew
            ? Error(8, $"{set}: the signature by key {tag} of zone {zone} is valid only from {SerialTime.ToText(signature.Inception, time.GetUtcNow())}") : null;
    }

    // RFC 4035 §5.3.3: the least of the times of records and signature as they came, as it was signed, and what is left of the signature.
    private uint Ttl(RecordSet set, SignatureData signature)
    {
        var left = SerialTime.Compare(signature.Expiration, SerialTime.Of(time.GetUtcNow()));
        return Math.Min(Math.Min(Math.Min(set.Ttl, signature.Ttl), signature.OriginalTtl), (uint)Math.Max(left, 0));
    }

    private static CanonicalName? Encloser(RecordSet set, SignatureData signature) =>
        signature.Labels < set.SignedLabels ? set.Owner.Ancestor(signature.Labels) : null;

    // A signature that was good once or will be says more than one nobody has the key of.
    private static ExtendedDnsError Nearer(ExtendedDnsError? one, ExtendedDnsError other) => one is null || Weight(other) > Weight(one) ? other : one;

    private static int Weight(ExtendedDnsError error) => error.Code switch
    {
        7 or 8 => 4,
        6 => 3,
        25 => 2,
        9 or 11 => 1,
        _ => 0,
    };

    private static ExtendedDnsError Error(ushort code, FormattableString text) => new(code, FormattableString.Invariant(text));

    private static SetVerdict.Refused Refuse(ushort code, FormattableString text) => new(Error(code, text));
}
