namespace Mail.Security.Dnssec;

/// <summary>Follows the keys of the trust points (RFC 5011), and tells the rules which are in force.</summary>
internal sealed class AnchorTracker(ITrustAnchorStore store, IReadOnlyList<TrustAnchor> configured, ValidationRules rules, SetVerifier verifier, AskServers ask, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<DomainName, Round> _rounds = [];
    private IReadOnlyList<TrackedAnchor>? _anchors;

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
            var (before, failures) = (_anchors!, new List<string>());
            var all = before;
            foreach (var zone in configured.Select(static anchor => anchor.Zone).Distinct())
            {
                if (_rounds.TryGetValue(zone, out var round) && time.GetElapsedTime(round.At) < round.Next)
                    continue;
                // What one zone shows is in force before the next is asked, which may take until the caller gives up.
                var looked = await LookAsync(zone, all, failures, cancellationToken).ConfigureAwait(false);
                await UseAsync(all, looked, failures, cancellationToken).ConfigureAwait(false);
                all = looked;
            }
            return new(all, Changes(before, all), failures, _rounds.Values.Min(round => Left(round)));
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
            var saved = await store.LoadAsync(cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            // Of a zone that is configured no more nothing is kept. A key that is configured needs no trial; one that was revoked stays so.
            var kept = saved.Where(one => configured.Any(anchor => anchor.Zone == one.Anchor.Zone))
                .Select(one => one.State == TrustAnchorState.AddPending && configured.Contains(one.Anchor) ? new TrackedAnchor(one.Anchor, TrustAnchorState.Valid, now) : one).ToList();
            kept.AddRange(configured.Distinct().Where(anchor => !kept.Exists(one => one.Anchor.Equals(anchor))).Select(anchor => new TrackedAnchor(anchor, TrustAnchorState.Valid, now)));
            rules.Use(InForce(kept));
            Volatile.Write(ref _anchors, kept);
            return null;
        }
        catch (IOException exception)
        {
            return $"the store of trust anchors: {exception.Message}";
        }
    }

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
                var seen = SeenKeys.Read(set, InForce(own), verifier, rules.Budget(), time.GetUtcNow());
                if (seen.Validators.Count > 0 || seen.Revoked.Count > 0)
                {
                    _rounds[zone] = new(time.GetTimestamp(), RolloverTimes.Query(seen.Ttl, seen.Expires), seen.Ttl, seen.Expires);
                    return [.. all.Where(one => one.Anchor.Zone != zone), .. RolloverMachine.Step(own, seen, time.GetUtcNow())];
                }
            }
            failure ??= reply is Reply.Failed failed ? failed.Detail : "no trust anchor signed for the keys";
        }
        failures.Add($"{question}: {failure}");
        _rounds[zone] = Again(last);
        return all;
    }

    private async ValueTask UseAsync(IReadOnlyList<TrackedAnchor> before, IReadOnlyList<TrackedAnchor> all, List<string> failures, CancellationToken cancellationToken)
    {
        if (before.SequenceEqual(all))
            return;
        Volatile.Write(ref _anchors, all);
        // In force at once, saved or not: a key that was taken back must not wait for a disk.
        if (!InForce(before).SequenceEqual(InForce(all)))
        {
            rules.Use(InForce(all));
            Changed();
        }
        try
        {
            await store.SaveAsync(all, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            failures.Add($"the store of trust anchors: {exception.Message}");
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

    private static List<TrustAnchor> InForce(IReadOnlyList<TrackedAnchor> anchors) => [.. anchors.Where(static one => one.IsInForce).Select(static one => one.Anchor)];

    private Round Again(Round? last) => new(time.GetTimestamp(), RolloverTimes.Retry(last?.Ttl ?? TimeSpan.Zero, last?.Expires ?? TimeSpan.Zero), last?.Ttl ?? TimeSpan.Zero, last?.Expires ?? TimeSpan.Zero);

    private TimeSpan Left(Round round) => round.Next - time.GetElapsedTime(round.At) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private sealed record Round(long At, TimeSpan Next, TimeSpan Ttl, TimeSpan Expires);
}
