using System.Collections.Immutable;

namespace Mail.Security.Dnssec;

/// <summary>Finds the zone a name is in and its keys, from the nearest trust anchor down (RFC 4035 §5.2, RFC 6840 §6.1). What was found is kept; equal questions are asked once.</summary>
internal sealed class ZoneFinder(Func<Question, Inquiry> inquire, ValidationRules rules, SetVerifier verifier, DnssecResolverOptions options, TimeProvider time, CancellationToken stop)
{
    private const int MostChanges = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<(CanonicalName Name, int Generation), Task<ZoneCut>> _flights = [];
    private readonly BoundedCache<CanonicalName, ZoneCut> _cuts = new(Math.Max(options.CacheEntries, 256), time);
    private readonly RefusalTally<CanonicalName> _refusals = new(options, time);
    private int _generation;
    private readonly ZoneReader _reader = new(inquire, rules, verifier, options, time);

    /// <summary>The state of the zone that holds a name's records; for a name where a zone begins, of that zone.</summary>
    public async ValueTask<ZoneState> FindAsync(CanonicalName name, WorkBudget budget, CancellationToken cancellationToken)
    {
        // What was found under trust anchors that were changed meanwhile is looked for again.
        for (var tries = 0; ; tries++)
        {
            var generation = Volatile.Read(ref _generation);
            var state = await WalkAsync(name, generation, budget, cancellationToken).ConfigureAwait(false);
            if (generation == Volatile.Read(ref _generation))
                return state;
            if (tries == MostChanges)
                return new ZoneState.Refused(name, [], DnsFailure.Timeout, null, $"the trust anchors changed while the keys of {name} were looked for");
        }
    }

    /// <summary>Whether it is known that another zone begins between a zone and a name below it, so that the zone does not hold the name's records. Asks nobody.</summary>
    public bool IsKnownToEndAbove(CanonicalName zone, CanonicalName name)
    {
        lock (_lock)
        {
            for (var labels = zone.Labels + 1; labels <= name.Labels; labels++)
            {
                if (_cuts.TryGet(name.Ancestor(labels), out var cut) && cut is ZoneCut.Zone { State: ZoneState.Trusted or ZoneState.Insecure })
                    return true;
            }
            return false;
        }
    }

    private async ValueTask<ZoneState> WalkAsync(CanonicalName name, int generation, WorkBudget budget, CancellationToken cancellationToken)
    {
        if (rules.AnchorOf(name) is not var (anchored, signers))
            return new ZoneState.Unanchored(name);
        if (rules.ExemptionOf(name, time.GetUtcNow()) is { } exempt)
            return exempt;
        var cut = await OnceAsync(anchored, [], generation, budget, (own, token) => _reader.ReadAsync(anchored, signers, own, token), cancellationToken).ConfigureAwait(false);
        var state = ((ZoneCut.Zone)cut).State;
        for (var labels = anchored.Labels + 1; labels <= name.Labels && state is ZoneState.Trusted trusted; labels++)
        {
            var child = name.Ancestor(labels);
            switch (await OnceAsync(child, trusted.Chain, generation, budget, (own, token) => _reader.LookAsync(child, trusted, own, token), cancellationToken).ConfigureAwait(false))
            {
                case ZoneCut.Zone(var next):
                    state = next;
                    break;
                case ZoneCut.NothingBelow:
                    return state;
            }
        }
        return state;
    }

    /// <summary>Forgets what was found, and what is being found: it was proven by trust anchors that may not be in force any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _generation++;
            _cuts.Clear();
            _flights.Clear();
        }
    }

    // A flight has a budget of its own, so that whoever began it with little left spoils it for nobody; what it cost is charged to him all the same.
    private async ValueTask<ZoneCut> OnceAsync(CanonicalName name, ImmutableArray<DnssecLink> above, int generation, WorkBudget budget, Func<FlightBudget, CancellationToken, ValueTask<KeptCut>> look, CancellationToken cancellationToken)
    {
        Task<ZoneCut> flight;
        lock (_lock)
        {
            if (_cuts.TryGet(name, out var kept))
                return kept;
            if (!_flights.TryGetValue((name, generation), out flight!))
            {
                // What the flights before this one cost was charged, so that none of them is beyond the limits but the last.
                if (budget.IsExceeded)
                    return TooCostly(name, above, $"{name}: its zones ask for more work than is done for one answer");
                if (!budget.TrySpendQuestion())
                    return TooCostly(name, above, $"{name}: more zones on the way than are asked");
                _flights[(name, generation)] = flight = Task.Run(() => FlyAsync(name, generation, budget, look), CancellationToken.None);
            }
        }
        return await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ZoneCut.Zone TooCostly(CanonicalName name, ImmutableArray<DnssecLink> above, string detail) => new(new ZoneState.Refused(name, above, DnsFailure.Bogus, new ExtendedDnsError(6, detail), detail));

    private async Task<ZoneCut> FlyAsync(CanonicalName name, int generation, WorkBudget payer, Func<FlightBudget, CancellationToken, ValueTask<KeptCut>> look)
    {
        KeptCut? found = null;
        var (start, budget) = (time.GetTimestamp(), new FlightBudget(rules));
        using var limit = new CancellationTokenSource(options.LookupTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            found = await look(budget, either.Token).ConfigureAwait(false);
            if (found.Cut is ZoneCut.Zone { State: ZoneState.Refused refused })
                found = Keep(name, refused, found.Keep);
            return found.Cut;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new ZoneCut.Zone(new ZoneState.Refused(name, [], DnsFailure.Timeout, null, $"no answer in time while looking for the keys of {name}"));
        }
        finally
        {
            budget.ChargeTo(payer);
            lock (_lock)
            {
                _flights.Remove((name, generation));
                if (found is not null && generation == _generation)
                    _cuts.Put(name, found.Cut, found.Cut is ZoneCut.Zone { State: ZoneState.Refused { Kept: { } kept } } ? kept.Since : start, found.Keep);
            }
        }
    }

    // What is refused for its zone is kept no longer than the zone is: both know since when.
    private KeptCut Keep(CanonicalName name, ZoneState.Refused refused, TimeSpan keep)
    {
        if (refused.Reason == DnsFailure.Bogus)
        {
            lock (_lock)
                keep = _refusals.Count(name);
        }
        return new(new ZoneCut.Zone(refused with { Kept = new(time.GetTimestamp(), keep) }), keep);
    }
}

/// <summary>What was found, and how long it may be kept.</summary>
internal sealed record KeptCut(ZoneCut Cut, TimeSpan Keep);
