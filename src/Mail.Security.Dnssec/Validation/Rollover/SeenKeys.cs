namespace Mail.Security.Dnssec;

/// <summary>The keys of a trust point as they were seen once.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Present">Its keys without the flag that revokes, meant for trust anchors, of algorithms that are known here: one whose signatures cannot be checked is no anchor to anybody.</param>
/// <param name="Revoked">Known keys with that flag, each signed for by itself (RFC 5011 §2.1), as they are without the flag.</param>
/// <param name="Validators">The trust anchors that signed for the keys; empty where none did, so that who is missing says nothing.</param>
/// <param name="Ttl">The original time to live of the keys.</param>
/// <param name="Expires">For how long the signatures hold from now on.</param>
internal sealed record SeenKeys(CanonicalName Zone, IReadOnlyList<DnsKeyData> Present, IReadOnlyList<DnsKeyData> Revoked, IReadOnlyList<TrustAnchor> Validators, TimeSpan Ttl, TimeSpan Expires)
{
    private const int RevokedFlag = 0x0080;

    /// <summary>Reads keys and checks by which of the anchors in force, and of the revoked keys, they are signed.</summary>
    /// <param name="set">The keys.</param>
    /// <param name="known">What is known of keys of the zone: anybody can revoke a key of his own, which says nothing.</param>
    /// <param name="inForce">Those that may sign.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="budget">What that may cost.</param>
    /// <param name="now">The time.</param>
    public static SeenKeys Read(RecordSet set, IReadOnlyList<TrackedAnchor> known, IReadOnlyList<TrustAnchor> inForce, SetVerifier verifier, WorkBudget budget, DateTimeOffset now)
    {
        var (present, revoked, validators, expires) = (new List<DnsKeyData>(), new List<DnsKeyData>(), new List<TrustAnchor>(), TimeSpan.MaxValue);
        var ttl = TimeSpan.FromSeconds(set.Ttl);
        foreach (var data in set.Data)
        {
            if (!DnsKeyData.TryRead(data, out var key) || !key.IsZoneKey || !SigningAlgorithms.IsKnown(key.Algorithm, Sha1Use.Validate))
                continue;
            if (key.IsRevoked)
            {
                var plain = WithoutRevocation(key);
                if (known.Any(one => one.Anchor.ToSigner().Fits(set.Owner, plain)) && verifier.SignatureBy(key, set, set.Owner, budget) is not null)
                    revoked.Add(plain);
                continue;
            }
            if (key.IsSecureEntryPoint)
                present.Add(key);
            var fitting = inForce.Where(anchor => anchor.ToSigner().Fits(set.Owner, key)).ToList();
            if (fitting.Count == 0)
                continue;
            if (!key.IsSecureEntryPoint)
                present.Add(key);           // whoever configured it meant it
            if (verifier.SignatureBy(key, set, set.Owner, budget) is not { } signature)
                continue;
            validators.AddRange(fitting);
            ttl = TimeSpan.FromSeconds(signature.OriginalTtl);
            var left = TimeSpan.FromSeconds(Math.Max(0, SerialTime.Compare(signature.Expiration, SerialTime.Of(now))));
            expires = left < expires ? left : expires;
        }
        return new(set.Owner, present, revoked, validators, ttl, expires);
    }

    private static DnsKeyData WithoutRevocation(DnsKeyData key)
    {
        byte[] data = [.. key.Data];
        data[1] &= unchecked((byte)~RevokedFlag);
        return DnsKeyData.TryRead(data, out var plain) ? plain : key;
    }
}
