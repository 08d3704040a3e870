namespace Mail.Security.Dnssec;

/// <summary>Asks the servers one question of the validation.</summary>
internal delegate ValueTask<Reply> ZoneQuestion(Question question, CancellationToken cancellationToken);

/// <summary>Finds the zone a name is in and its keys, from the nearest trust anchor down (RFC 4035 §5.2, RFC 6840 §6.1). What was found is kept; equal questions are asked once.</summary>
internal sealed class ZoneFinder(ZoneQuestion ask, ValidationRules rules, SetVerifier verifier, DnssecResolverOptions options, TimeProvider time, CancellationToken stop)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CanonicalName, Task<ZoneCut>> _flights = [];
    private readonly BoundedCache<CanonicalName, ZoneCut> _cuts = new(Math.Max(options.CacheEntries, 256), time);
    private int _generation;
    private readonly ZoneReader _reader = new(ask, rules, verifier, options, time);

    /// <summary>The state of the zone that holds a name's records; for a name where a zone begins, of that zone.</summary>
    public async ValueTask<ZoneState> FindAsync(CanonicalName name, WorkBudget budget, CancellationToken cancellationToken)
    {
        if (rules.AnchorOf(name) is not var (anchored, signers))
            return new ZoneState.Unanchored(name);
        var cut = await OnceAsync(anchored, budget, token => _reader.ReadAsync(anchored, signers, [], uint.MaxValue, budget, token), cancellationToken).ConfigureAwait(false);
        var state = ((ZoneCut.Zone)cut).State;
        for (var labels = anchored.Labels + 1; labels <= name.Labels && state is ZoneState.Trusted trusted; labels++)
        {
            var child = name.Ancestor(labels);
            switch (await OnceAsync(child, budget, token => _reader.LookAsync(child, trusted, budget, token), cancellationToken).ConfigureAwait(false))
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

    private async ValueTask<ZoneCut> OnceAsync(CanonicalName name, WorkBudget budget, Func<CancellationToken, ValueTask<KeptCut>> look, CancellationToken cancellationToken)
    {
        Task<ZoneCut> flight;
        lock (_lock)
        {
            if (_cuts.TryGet(name, out var kept))
                return kept;
            if (!_flights.TryGetValue(name, out flight!))
                _flights[name] = flight = Task.Run(() => FlyAsync(name, budget, look), CancellationToken.None);
        }
        return await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ZoneCut> FlyAsync(CanonicalName name, WorkBudget budget, Func<CancellationToken, ValueTask<KeptCut>> look)
    {
        KeptCut? found = null;
        int generation;
        lock (_lock)
            generation = _generation;
        using var limit = new CancellationTokenSource(options.LookupTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            found = await look(either.Token).ConfigureAwait(false);
            return found.Cut;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new ZoneCut.Zone(new ZoneState.Refused(name, [], DnsFailure.Timeout, null, $"no answer in time while looking for the keys of {name}"));
        }
        finally
        {
            lock (_lock)
            {
                _flights.Remove(name);
                // Whoever leads a costly answer on to another's zone must not make that zone bogus for everybody.
                if (found is not null && !budget.IsExceeded)
                    _cuts.Put(name, found.Cut, time.GetTimestamp(), found.Keep);
            }
        }
    }
}

/// <summary>What was found, and how long it may be kept.</summary>
internal sealed record KeptCut(ZoneCut Cut, TimeSpan Keep);
