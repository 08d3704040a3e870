using System.Collections.Concurrent;
using System.Diagnostics;
using Mail.Security.Dnssec;

namespace Mail.Security.MtaSts;

/// <summary>Finds the MTA-STS policy in force for a recipient domain: record, cache, fetch (RFC 8461 §3.3, §5.1).</summary>
/// <remarks>
/// The domain is what follows "@" or what a route names. It must never be the target of an alias: one forged CNAME would replace the
/// policy. Decisions for one domain that are asked for at the same time are made once. Safe for concurrent use.
/// </remarks>
public sealed class MtaStsResolver
{
    private readonly IDnssecResolver resolver;
    private readonly IMtaStsStore store;
    private readonly MtaStsFetcher fetcher;
    private readonly MtaStsOptions options;
    private readonly TimeProvider time;
    private readonly FetchBackoffs backoffs;
    private readonly ConcurrentDictionary<RecipientDomain, Lazy<Task<MtaStsDecision>>> flights = new();

    /// <summary>Creates a resolver over its parts.</summary>
    /// <param name="resolver">Looks up the records.</param>
    /// <param name="store">Keeps the policies.</param>
    /// <param name="fetcher">Fetches the policies.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public MtaStsResolver(IDnssecResolver resolver, IMtaStsStore store, MtaStsFetcher fetcher, MtaStsOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(fetcher);
        this.resolver = resolver;
        this.store = store;
        this.fetcher = fetcher;
        this.options = (options ?? new MtaStsOptions()).CheckedCopy();
        this.time = time ?? TimeProvider.System;
        backoffs = new FetchBackoffs(this.options.FetchBackoff, this.time);
    }

    /// <summary>Decides for one domain. The record is looked up every time, the policy is fetched only when it says so.</summary>
    /// <param name="domain">The recipient domain.</param>
    /// <param name="cancellationToken">Ends this caller's wait; the decision goes on for the others.</param>
    /// <returns>The policy in force, none, or that it cannot be told now.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<MtaStsDecision> DecideAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Every step of a flight has a limit of its own, so it needs no caller to end.
        var flight = flights.GetOrAdd(domain, static (key, self) => new Lazy<Task<MtaStsDecision>>(() => self.FlyAsync(key)), this);
        return await flight.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<MtaStsDecision> FlyAsync(RecipientDomain domain)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await DecideOnceAsync(domain).ConfigureAwait(false);
        }
        finally
        {
            flights.TryRemove(domain, out _);
        }
    }

    private async Task<MtaStsDecision> DecideOnceAsync(RecipientDomain domain)
    {
        if (PolicyNames.TryGetRecordOwner(domain) is not { } owner)
            return new MtaStsDecision.None(MtaStsAbsence.NoRecord, "the domain's name is too long to have a record");

        var cached = await store.GetAsync(domain).ConfigureAwait(false);
        // RFC 8461 §5.1: valid while the time since the fetch has not exceeded max_age.
        if (cached is not null && cached.Expires < time.GetUtcNow())
            cached = null;

        switch (await resolver.GetTxtAsync(owner).ConfigureAwait(false))
        {
            case DnsAnswer<string>.Found found:
                return MtaStsRecord.Select(found.Records) is MtaStsRecordResult.Found(var record)
                    ? await DecideWithRecordAsync(domain, record, cached).ConfigureAwait(false)
                    : WithoutRecord(cached, Describe(MtaStsRecord.Select(found.Records)));
            case DnsAnswer<string>.Absent:
                return WithoutRecord(cached, new MtaStsDecision.None(MtaStsAbsence.NoRecord, $"no TXT record at {owner}"));
            case DnsAnswer<string>.Failed failed:
                var lookup = $"lookup of {owner}: {failed.Reason} {failed.Error?.ToString() ?? failed.Detail}";
                return cached is null ? new MtaStsDecision.Defer(failed.Reason, failed.Error, lookup) : FromCache(cached, lookup);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<MtaStsDecision> DecideWithRecordAsync(RecipientDomain domain, MtaStsRecord record, CachedMtaStsPolicy? cached)
    {
        var now = time.GetUtcNow();
        if (cached is not null && cached.PolicyId == record.Id && now - cached.Fetched < options.RefreshAge)
            return FromCache(cached, refreshFailure: null);
        if (backoffs.Get(domain, record.Id) is { } earlier)
            return AfterFailure(cached, earlier, MtaStsAbsence.FetchBackoff);

        switch (await fetcher.FetchAsync(domain).ConfigureAwait(false))
        {
            case MtaStsFetchResult.Fetched(var policy):
                backoffs.Remove(domain);
                await store.SetAsync(new CachedMtaStsPolicy(domain, record.Id, policy, time.GetUtcNow())).ConfigureAwait(false);
                return InForce(policy, record.Id, PolicyOrigin.Fetched, TimeSpan.Zero, refreshFailure: null);
            case MtaStsFetchResult.Failed failed:
                backoffs.Add(domain, record.Id, failed);
                return AfterFailure(cached, failed, MtaStsAbsence.FetchFailed);
            default:
                throw new UnreachableException();
        }
    }

    // RFC 8461 §3.3: without a live policy a cached one is applied; with neither, delivery goes on as if there were no MTA-STS.
    private MtaStsDecision AfterFailure(CachedMtaStsPolicy? cached, MtaStsFetchResult.Failed failure, MtaStsAbsence why) =>
        cached is null
            ? new MtaStsDecision.None(why, failure.Detail) { FetchFailure = failure.Reason }
            : FromCache(cached, $"fetch of the policy: {failure.Detail}");

    // RFC 8461 §3.1: the absence of a usable record does not remove a cached policy.
    private MtaStsDecision WithoutRecord(CachedMtaStsPolicy? cached, MtaStsDecision.None none) =>
        cached is null ? none : FromCache(cached, none.Detail);

    private MtaStsDecision FromCache(CachedMtaStsPolicy cached, string? refreshFailure) =>
        InForce(cached.Policy, cached.PolicyId, PolicyOrigin.Cache, time.GetUtcNow() - cached.Fetched, refreshFailure);

    private static MtaStsDecision InForce(MtaStsPolicy policy, string id, PolicyOrigin origin, TimeSpan age, string? refreshFailure) =>
        policy.Mode == MtaStsMode.None
            ? new MtaStsDecision.None(MtaStsAbsence.ModeNone, $"the policy {id} has mode none")
            : new MtaStsDecision.InForce(policy, id, origin, age, refreshFailure);

    private static MtaStsDecision.None Describe(MtaStsRecordResult result) => result switch
    {
        MtaStsRecordResult.Absent => new(MtaStsAbsence.NoRecord, "no TXT record of MTA-STS"),
        MtaStsRecordResult.Several => new(MtaStsAbsence.SeveralRecords, "more than one TXT record of MTA-STS"),
        MtaStsRecordResult.Invalid(var detail) => new(MtaStsAbsence.InvalidRecord, $"the TXT record of MTA-STS is malformed: {detail}"),
        _ => throw new UnreachableException(),
    };
}
