namespace Mail.Security.Dnssec;

/// <summary>The table of RFC 5011 §4: what becomes of each key of a trust point by what was seen.</summary>
internal static class RolloverMachine
{
    /// <summary>RFC 5011 §2.4.1 and §2.4.2.</summary>
    public static readonly TimeSpan HoldDown = TimeSpan.FromDays(30);

    // RFC 5011 §2.4.3 asks for five. Who has the key of an anchor must not fill the store either.
    private const int MaxPending = 16;
    private const int MaxRemoved = 64;

    /// <summary>One step.</summary>
    /// <param name="known">All keys of the zone.</param>
    /// <param name="seen">What was seen now.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<TrackedAnchor> Step(IReadOnlyList<TrackedAnchor> known, SeenKeys seen, DateTimeOffset now)
    {
        var next = known.Where(static one => one.State != TrustAnchorState.AddPending).Select(one => Settle(one, seen, now)).ToList();
        foreach (var one in known.Where(static one => one.State == TrustAnchorState.AddPending))
        {
            if (Try(one, next, seen, now) is { } tried)
                next.Add(tried);
        }
        if (seen.Validators.Count > 0)
        {
            foreach (var key in seen.Present)
            {
                if (!next.Exists(one => Is(one, key, seen)) && next.Count(static one => one.State == TrustAnchorState.AddPending) < MaxPending)
                    next.Add(NewKey(key, seen, now));
            }
        }
        var surplus = next.Where(static one => one is { State: TrustAnchorState.Removed, IsConfigured: false }).OrderByDescending(static one => one.Since).Skip(MaxRemoved).ToHashSet();
        return [.. next.Where(one => !surplus.Contains(one))];
    }

    private static TrackedAnchor Settle(TrackedAnchor one, SeenKeys seen, DateTimeOffset now) => one.State switch
    {
        TrustAnchorState.Valid or TrustAnchorState.Missing when seen.Revoked.Any(key => Is(one, key, seen)) => To(one, TrustAnchorState.Revoked, now),      // RevBit
        TrustAnchorState.Valid or TrustAnchorState.Missing when seen.Validators.Count == 0 => one,
        TrustAnchorState.Valid when !seen.Present.Any(key => Is(one, key, seen)) => To(one, TrustAnchorState.Missing, now),                                 // KeyRem
        TrustAnchorState.Missing when seen.Present.Any(key => Is(one, key, seen)) => To(one, TrustAnchorState.Valid, now),                                  // KeyPres
        TrustAnchorState.Revoked when seen.Revoked.Concat(seen.Present).Any(key => Is(one, key, seen)) => one with { Since = now },
        TrustAnchorState.Revoked when seen.Validators.Count > 0 && now - one.Since >= HoldDown => To(one, TrustAnchorState.Removed, now),                   // RemTime
        _ => one,
    };

    // A key on trial: null sends it back to the start.
    private static TrackedAnchor? Try(TrackedAnchor one, List<TrackedAnchor> others, SeenKeys seen, DateTimeOffset now)
    {
        // RFC 5011 §2.2: no trial outlives those who signed for it; another one begins where somebody else does.
        if (!one.Witnesses.Any(witness => others.Exists(other => other.IsInForce && other.Anchor.Equals(witness))))
            return null;
        if (seen.Revoked.Any(key => Is(one, key, seen)))
            return null;
        if (seen.Validators.Count == 0)
            return one;
        if (!seen.Present.Any(key => Is(one, key, seen)))
            return null;                                                                                                                                    // KeyRem
        return now >= one.AcceptAt ? To(one, TrustAnchorState.Valid, now) with { IsLearnt = true } : one;                                                                            // AddTime
    }

    private static TrackedAnchor NewKey(DnsKeyData key, SeenKeys seen, DateTimeOffset now) =>
        new(AnchorLine.Of(key, seen.Zone, seen.Validators[0].Zone), TrustAnchorState.AddPending, now) { AcceptAt = now + (seen.Ttl > HoldDown ? seen.Ttl : HoldDown), Witnesses = seen.Validators };

    private static TrackedAnchor To(TrackedAnchor one, TrustAnchorState state, DateTimeOffset now) => one with { State = state, Since = now, AcceptAt = null, Witnesses = [] };

    private static bool Is(TrackedAnchor one, DnsKeyData key, SeenKeys seen) => one.Anchor.ToSigner().Fits(seen.Zone, key);
}
