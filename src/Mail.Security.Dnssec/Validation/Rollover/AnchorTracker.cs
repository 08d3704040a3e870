namespace Mail.Security.Dnssec;

/// <summary>Follows the keys of the trust points (RFC 5011), and tells the rules which are in force.</summary>
internal sealed class AnchorTracker(ITrustAnchorStore store, IReadOnlyList<TrustAnchor> configured, ValidationRules rules, SetVerifier verifier, AskServers ask, TimeProvider time) : IDisposable
{
    private const string StoreFailure = "the store of trust anchors";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<DomainName, Round> _rounds = [];
    private IReadOnlyList<TrackedAnchor>? _anchors;
    private IReadOnlyList<TrackedAnchor> _told = [];
    private bool _isUnsaved;

    /// <summary>Called when other keys are in force than before: what was proven by those of before proves nothing now.</summary>
    public required Action Changed { get; init; }

    public void Dispose() => _turn.Dispose();

    /// <summary>Reads what is known, once; before that no anchor may be used, for it may have been revoked.</summary>
    /// <returns>Why it cannot be read; null when it was.</returns>
    public async ValueTask<string?> LoadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _anchors) is not null)
            return null;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await LoadInTurnAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks at the keys of each trust point whose time has come.</summary>
    public async ValueTask<TrustAnchorUpdate> UpdateAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await LoadInTurnAsync(cancellationToken).ConfigureAwait(false) is { } unread)
                return new([], [], [unread], RolloverTimes.Retry(TimeSpan.Zero, TimeSpan.Zero));
            var (all, failures) = (_anchors!, new List<string>());
            foreach (var zone in configured.Select(static anchor => anchor.Zone).Distinct())
            {
                if (_rounds.TryGetValue(zone, out var round) && time.GetElapsedTime(round.At) < round.Next)
                    continue;
                all = await LookAsync(zone, all, failures, cancellationToken).ConfigureAwait(false);
            }
            // What the disk refused before is tried again, and what nobody was told of because the wait ended is told now.
            await SaveAsync(all, failures, cancellationToken).ConfigureAwait(false);
            var changes = Changes(_told, all);
            _told = all;
            return new(all, changes, failures, _rounds.Values.Min(round => Left(round)));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<string?> LoadInTurnAsync(CancellationToken cancellationToken)
    {
        if (_anchors is not null)
            return null;
        try
        {
            // On a thread of its own: a lookup begins where its caller is, whom a store that blocks must not hold.
            var saved = await Task.Run(() => store.LoadAsync(cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            // Of zones and keys that are configured no more only what was revoked is kept: they may be configured again, by a file of old.
            // A key that is configured needs no trial; one that was revoked stays so.
            var kept = saved.Where(one => IsTakenBack(one) || (configured.Any(anchor => anchor.Zone == one.Anchor.Zone) && !(one is { IsConfigured: true, IsLearnt: false, IsInForce: true } && !configured.Contains(one.Anchor))))
                .Select(one => Configured(one, now)).ToList();
            kept.AddRange(configured.Distinct().Where(anchor => !kept.Exists(one => one.Anchor.Equals(anchor))).Select(anchor => First(anchor, kept, now)).ToList());
            if (Unusable(kept) is { } zone)
                return $"{StoreFailure}: of zone {zone} it has no anchor whose algorithm is known here";
            rules.Use(InForce(kept));
            _isUnsaved = !saved.SequenceEqual(kept);
            _told = [.. kept, .. saved.Where(one => !kept.Exists(other => other.Anchor.Equals(one.Anchor)))];
            Volatile.Write(ref _anchors, kept);
            return null;
        }
        catch (IOException exception)
        {
            return $"{StoreFailure}: {exception.Message}";
        }
    }

    private TrackedAnchor Configured(TrackedAnchor one, DateTimeOffset now) => !configured.Contains(one.Anchor) ? (one.IsConfigured ? one with { IsConfigured = false } : one)
        : one.State == TrustAnchorState.AddPending ? new(one.Anchor, TrustAnchorState.Valid, now) { IsConfigured = true } : one.IsConfigured ? one : one with { IsConfigured = true };

    // The digest of another kind of a key that was revoked: the key itself is not at hand, and doubt is no trust.
    private static TrackedAnchor First(TrustAnchor anchor, List<TrackedAnchor> kept, DateTimeOffset now)
    {
        var taken = kept.Find(one => IsTakenBack(one) && (one.Anchor.Zone, one.Anchor.KeyTag, one.Anchor.Algorithm) == (anchor.Zone, anchor.KeyTag, anchor.Algorithm) && one.Anchor.DigestType != anchor.DigestType);
        return new(anchor, taken?.State ?? TrustAnchorState.Valid, taken?.Since ?? now) { IsConfigured = true };
    }

    private static bool IsTakenBack(TrackedAnchor one) => one.State is TrustAnchorState.Revoked or TrustAnchorState.Removed;

    // The keys of a zone that would check nothing must not make everything below it insecure without a word; a zone whose anchors are all revoked has none.
    private static CanonicalName? Unusable(List<TrackedAnchor> anchors) => anchors.Where(static one => one.IsInForce).GroupBy(static one => one.Anchor.Zone)
        .Where(static zone => !zone.Any(static one => IsUsable(one.Anchor))).Select(static zone => CanonicalName.Of(zone.Key)).FirstOrDefault();

    private static bool IsUsable(TrustAnchor anchor) => anchor.IsUsable(Sha1Use.Validate);

    private async ValueTask<IReadOnlyList<TrackedAnchor>> LookAsync(DomainName zone, IReadOnlyList<TrackedAnchor> all, List<string> failures, CancellationToken cancellationToken)
    {
        var question = new Question(zone, DnssecTypes.Dnskey);
        var own = all.Where(one => one.Anchor.Zone == zone).ToList();
        var last = _rounds.GetValueOrDefault(zone);
        var (asked, failure) = (new List<UpstreamServer>(), (string?)null);
        // Where no anchor signed for what one server gives, another is asked.
        while (await ask(question, asked, cancellationToken).ConfigureAwait(false) is { } reply)
        {
            if (reply is Reply.Answered(var message) && new SectionSets(message, message.Answers).Find(CanonicalName.Of(zone), DnssecTypes.Dnskey) is { } set)
            {
                var seen = SeenKeys.Read(set, own, InForce(own), verifier, rules.Budget(), time.GetUtcNow());
                // A key that signed its own end is at its end, whoever else signed; only an anchor's word is good for all of them, and for how long.
                if (seen.Validators.Count > 0 || seen.Revoked.Count > 0)
                {
                    var before = all;
                    (all, own) = Stepped(all, own, seen);
                    // In force, and kept, before another server or zone is asked, which may take until the caller gives up.
                    Use(before, all);
                    await SaveAsync(all, failures, cancellationToken).ConfigureAwait(false);
                }
                if (seen.Validators.Count > 0)
                {
                    _rounds[zone] = new(time.GetTimestamp(), RolloverTimes.Query(seen.Ttl, seen.Expires), seen.Ttl, seen.Expires);
                    return all;
                }
            }
            failure ??= reply is Reply.Failed failed ? failed.Detail : "no trust anchor signed for the keys";
        }
        failures.Add($"{question}: {failure}");
        _rounds[zone] = Again(last);
        return all;
    }

    private (IReadOnlyList<TrackedAnchor> All, List<TrackedAnchor> Own) Stepped(IReadOnlyList<TrackedAnchor> all, List<TrackedAnchor> own, SeenKeys seen)
    {
        var next = RolloverMachine.Step(own, seen, time.GetUtcNow()).ToList();
        return ([.. all.Where(one => !own.Contains(one)), .. next], next);
    }

    private void Use(IReadOnlyList<TrackedAnchor> before, IReadOnlyList<TrackedAnchor> all)
    {
        if (before.SequenceEqual(all))
            return;
        _isUnsaved = true;
        Volatile.Write(ref _anchors, all);
        // In force at once, saved or not: a key that was taken back must not wait for a disk.
        if (!InForce(before).SequenceEqual(InForce(all)))
        {
            rules.Use(InForce(all));
            Changed();
        }
    }

    private async ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> all, List<string> failures, CancellationToken cancellationToken)
    {
        if (!_isUnsaved || failures.Exists(static failure => failure.StartsWith(StoreFailure, StringComparison.Ordinal)))
            return;
        try
        {
            await store.SaveAsync(all, cancellationToken).ConfigureAwait(false);
            _isUnsaved = false;
        }
        catch (IOException exception)
        {
            failures.Add($"{StoreFailure}: {exception.Message}");
        }
    }

    private static List<TrustAnchorChange> Changes(IReadOnlyList<TrackedAnchor> before, IReadOnlyList<TrackedAnchor> after)
    {
        var changes = new List<TrustAnchorChange>();
        foreach (var anchor in before.Concat(after).Select(static one => one.Anchor).Distinct())
        {
            var (from, to) = (StateOf(before, anchor), StateOf(after, anchor));
            if (from != to)
                changes.Add(new(anchor, from, to));
        }
        return changes;
    }

    private static TrustAnchorState StateOf(IReadOnlyList<TrackedAnchor> anchors, TrustAnchor anchor) => anchors.FirstOrDefault(one => one.Anchor.Equals(anchor))?.State ?? TrustAnchorState.Start;

    private static List<TrustAnchor> InForce(IReadOnlyList<TrackedAnchor> anchors) => [.. anchors.Where(static one => one.IsInForce && IsUsable(one.Anchor)).Select(static one => one.Anchor)];

    private Round Again(Round? last) => new(time.GetTimestamp(), RolloverTimes.Retry(last?.Ttl ?? TimeSpan.Zero, last?.Expires ?? TimeSpan.Zero), last?.Ttl ?? TimeSpan.Zero, last?.Expires ?? TimeSpan.Zero);

    private TimeSpan Left(Round round) => round.Next - time.GetElapsedTime(round.At) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private sealed record Round(long At, TimeSpan Next, TimeSpan Ttl, TimeSpan Expires);
}
