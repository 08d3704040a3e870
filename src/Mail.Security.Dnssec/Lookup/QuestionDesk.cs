using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Dnssec;

/// <summary>Answers single questions: from the cache, with others who ask the same just now, or from the servers.</summary>
internal sealed class QuestionDesk : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Question, Task> _flights = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places;
    private readonly StageCache _cache;
    private readonly Upstream _upstream;
    private readonly ZoneFinder? _zones;
    private readonly AnswerReader _reader;
    private readonly RefusalTally<Question> _refusals;
    private int _generation;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly DnssecMeters _meters;

    public QuestionDesk(DnssecResolverOptions options, ResolverPath path, Upstream upstream, TimeProvider time, DnssecMeters meters)
    {
        (_upstream, _time, _meters, _limit) = (upstream, time, meters, options.LookupTimeout);
        var policy = CachePolicy.Of(options);
        _places = new SemaphoreSlim(options.MaxConcurrentQueries);
        _cache = new StageCache(options.CacheEntries, time);
        _refusals = new RefusalTally<Question>(options, time);
        _reader = new AnswerReader(path, policy, validator: null, time);
        if (path.Mode != DnssecMode.Validate)
            return;
        var rules = new ValidationRules(options) { Servers = path.Servers.Count };
        var verifier = new SetVerifier(rules.ClockSkew, rules.Sha1, time);
        _zones = new ZoneFinder(Inquire, rules, verifier, options, time, _stop.Token);
        _reader = new AnswerReader(path, policy, new AnswerValidator(_zones, verifier, rules, options.MaxAliases, time), time);
        if (options.TrustAnchorStore is { } store)
            Tracker = new AnchorTracker(store, options.TrustAnchors, rules, verifier, ExchangeAsync, time) { Changed = Forget };
    }

    /// <summary>Follows the keys of trust anchors; null where they are fixed.</summary>
    public AnchorTracker? Tracker { get; }

    /// <summary>Asks one question.</summary>
    /// <param name="name">The name; its records of the shape's type are asked for.</param>
    /// <param name="shape">How to read them.</param>
    /// <param name="left">How long the caller waits at most; then a <see cref="TimeoutException"/>.</param>
    /// <param name="cancellationToken">Ends the wait of this caller; others who ask the same go on.</param>
    public async ValueTask<Stage<T>> AskAsync<T>(DomainName name, RecordShape<T> shape, TimeSpan left, CancellationToken cancellationToken)
    {
        var question = shape.QuestionFor(name);
        Task<Stage<T>> flight;
        TaskCompletionSource<Stage<T>>? own = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, typeof(DnssecResolver));
            if (_cache.TryGet(question, out var kept))
            {
                _meters.Questioned("cache");
                return (Stage<T>)kept;
            }
            if (_flights.TryGetValue(question, out var shared))
            {
                _meters.Questioned("shared");
                flight = (Task<Stage<T>>)shared;
            }
            else
            {
                _meters.Questioned("server");
                own = new();
                _flights[question] = flight = own.Task;
            }
        }
        if (own is not null)
            Begin(question, shape, own);
        return await flight.WaitAsync(left, _time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The answer that is kept for a question and needs no further one, and how long it may be kept from now on.</summary>
    public bool TryGetKept<T>(Question question, [NotNullWhen(true)] out DnsAnswer<T>? answer, out TimeSpan ttl)
    {
        (answer, ttl) = (null, TimeSpan.Zero);
        lock (_lock)
        {
            if (_stop.IsCancellationRequested || !_cache.TryGet(question, out var kept) || kept is not Stage<T>.End end)
                return false;
            answer = end.Answer;
            var left = end.Keep - _time.GetElapsedTime(end.ReadAt);
            ttl = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
        _meters.Questioned("cache");
        return true;
    }

    /// <summary>Signalled by <see cref="Dispose"/>.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends every question on its way; those who wait get an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _stop.Cancel();        // not under the lock: whoever waited goes on, and may ask

    private void Forget()
    {
        _zones?.Forget();
        lock (_lock)
        {
            _generation++;
            _cache.Clear();
            _flights.Clear();           // those who wait for them get what was begun before; who comes now does not
        }
    }

    // Begun by whoever asks first, without a way over another thread, and outside of the lock. It belongs to nobody: what flows with that caller stays with him.
    private void Begin<T>(Question question, RecordShape<T> shape, TaskCompletionSource<Stage<T>> flight)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = FlyAsync(question, shape, flight);
            return;
        }
        using (ExecutionContext.SuppressFlow())
            _ = FlyAsync(question, shape, flight);
    }

    private async Task FlyAsync<T>(Question question, RecordShape<T> shape, TaskCompletionSource<Stage<T>> flight)
    {
        var generation = Volatile.Read(ref _generation);
        try
        {
            var stage = await AskServersAsync(question, shape).ConfigureAwait(false);
            Land(question, stage, generation, flight.Task);
            flight.SetResult(stage);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Land(question, null, generation, flight.Task);
            Fail(flight, new ObjectDisposedException(nameof(DnssecResolver)));
        }
        catch (Exception exception)         // a bug: those who wait are told of it
        {
            Land(question, null, generation, flight.Task);
            Fail(flight, exception);
        }
    }

    // Those who waited may all have given up.
    private static void Fail<T>(TaskCompletionSource<Stage<T>> flight, Exception exception)
    {
        flight.SetException(exception);
        _ = flight.Task.Exception;
    }

    private void Land(Question question, Stage? stage, int generation, Task flight)
    {
        lock (_lock)
        {
            if (_flights.GetValueOrDefault(question) == flight)
                _flights.Remove(question);
            // What began before other trust anchors came into force may rest on those of before.
            if (stage is not null && generation == _generation)
                _cache.Put(question, stage);
        }
    }

    private async ValueTask<Stage<T>> AskServersAsync<T>(Question question, RecordShape<T> shape)
    {
        using var limit = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            if (Tracker is not null && await Tracker.LoadAsync(either.Token).ConfigureAwait(false) is { } unread)
                return _reader.Fail<T>(DnsFailure.ServerFailure, null, $"{question}: {unread}");
            return Keep(question, await Inquire(question).JudgeAsync(reply => _reader.ReadAsync(reply, question, shape, either.Token), AnswerReader.Beside, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return _reader.Fail<T>(DnsFailure.Timeout, null, $"{question}: no answer in time");
        }
    }

    // Of a refusal that rests on a zone the zone's own time is the bound, from when that was found.
    private Stage<T> Keep<T>(Question question, Stage<T> stage)
    {
        if (_zones is null || stage is not Stage<T>.End { Answer: DnsAnswer<T>.Failed { Reason: DnsFailure.Bogus } })
            return stage;
        lock (_lock)
        {
            var keep = _refusals.Count(question);
            return keep < stage.Keep ? stage with { Keep = keep } : stage;
        }
    }

    private Inquiry Inquire(Question question) => new(ExchangeAsync, question, _meters);

    // A place is held for one exchange, not for the validation that asks further questions: or all places could be held by those who wait for one.
    private async ValueTask<Reply?> ExchangeAsync(Question question, List<UpstreamServer> asked, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _upstream.AskAsync(question, asked, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }
}
