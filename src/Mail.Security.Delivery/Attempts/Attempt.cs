using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>One attempt while it runs: follows the plan's steps until everybody is settled.</summary>
internal sealed class Attempt(DeliveryPlanner planner, AttemptParts parts, DeliveryRequest request)
{
    private readonly RecipientBoard _board = new(request.Envelope.Recipients);
    private readonly List<HostExplanation> _hosts = [];
    private readonly DateTimeOffset _started = parts.Time.GetUtcNow();
    private readonly long _timestamp = parts.Time.GetTimestamp();
    private readonly List<RouteExplanation> _routes = [];
    private readonly Learning _learning = new();
    private readonly ExchangerLookup _exchangers = planner.ExchangersOf(request.Domain);
    private string _mtaSts = string.Empty;
    private DateTimeOffset? _postponed;
    private bool _anyHostTried;

    public bool AnyDelivered => _board.AnyDelivered;

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(parts.Options.AttemptTimeout, parts.Time);
        using var search = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await WalkAsync(new AttemptTokens(search.Token, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            GiveUp(FailureTable.Of(PlanFault.AttemptTimeout, request.Domain.ToString()));
        }
    }

    /// <summary>Notes that the attempt was stopped before its end. What an exception says may be of this machine, and is not for the sender.</summary>
    public void Stop(Exception why) => _board.NoteAll(new HostFailure(default,
        new DeliveryFailure("stopped", Disposition.Transient, new EnhancedStatus(4, 3, 0), TlsFailureType.None,
            why is OperationCanceledException ? "the attempt was stopped" : "the attempt ended in a fault of this mail system"), null));

    public AttemptReport Seal()
    {
        var recipients = _board.Seal(request.Domain.Name);
        return new AttemptReport
        {
            Started = _started,
            Duration = parts.Time.GetElapsedTime(_timestamp),
            Recipients = recipients,
            PostponedUntil = _board.AnyDelivered ? null : _postponed,     // who was delivered must be written down
            Explanation = new AttemptExplanation
            {
                Domain = request.Domain,
                Attempt = request.Attempt,
                Demand = request.Envelope.TlsDemand,
                Routes = [.. _routes],
                Lookups = _exchangers.Recorder.Findings,
                MtaSts = _mtaSts,
                Hosts = _hosts,
                Verdict = Verdict(recipients),
            },
        };
    }

    private async ValueTask WalkAsync(AttemptTokens tokens)
    {
        var routes = parts.Routing.Current;
        var finder = new RouteFinder(routes, request, _exchangers);
        var former = await parts.Routing.Knowledge.GetAsync(request.Domain, tokens.Search).ConfigureAwait(false);
        var knowledge = former is not null && _started - former.Seen < parts.Options.KnowledgeLifetime ? former : null;
        while (_board.AnyOpen && await finder.NextAsync(knowledge, tokens.Search).ConfigureAwait(false) is { } found)
        {
            await TakeAsync(found, routes, tokens).ConfigureAwait(false);
            await RememberAsync(former, tokens).ConfigureAwait(false);
            // What requires TLS goes back when the domain cannot give it; a route may know who can.
            if (request.Envelope.TlsDemand != TlsDemand.RequireTls || !_learning.IsRequireTlsUnmet)
                return;
            knowledge = _learning.At(_started);
        }
    }

    private async ValueTask TakeAsync(FoundRoute found, DeliveryRoutes routes, AttemptTokens tokens)
    {
        if (found is FoundRoute.None(var why, var explanation))
        {
            if (explanation is not null)
                _routes.Add(explanation);
            GiveUp(why);
            return;
        }
        var (transport, taken) = (FoundRoute.Way)found;
        _routes.Add(taken);
        var destination = IsToDomain(transport) ? routes.PolicyFor(request.Domain) : DestinationPolicy.None;
        using var place = destination.HasLimits ? Enter(destination) : null;
        if (_postponed is null)
            await FollowAsync(new PlanRequest { Domain = request.Domain, Demand = request.Envelope.TlsDemand, Transport = transport, Destination = destination, Exchangers = _exchangers }, tokens).ConfigureAwait(false);
    }

    private static bool IsToDomain(TransportDefinition transport) => transport is TransportDefinition.Direct or TransportDefinition.Socks;

    private IDisposable? Enter(DestinationPolicy destination)
    {
        var (place, until) = parts.Gate.TryEnter(destination);
        if (place is null)
        {
            _postponed = until;
            GiveUp(FailureTable.Of(PlanFault.DestinationBusy, request.Domain.ToString()));
        }
        return place;
    }

    private async ValueTask FollowAsync(PlanRequest asked, AttemptTokens tokens)
    {
        var plan = await planner.PlanAsync(asked, tokens.Search).ConfigureAwait(false);
        _mtaSts = plan.MtaSts.Length > 0 ? plan.MtaSts : _mtaSts;
        await foreach (var step in plan.Steps.WithCancellation(tokens.Search).ConfigureAwait(false))
        {
            await FollowAsync(step, IsToDomain(asked.Transport) ? _learning : new Learning(), tokens).ConfigureAwait(false);
            if (!_board.AnyOpen || _postponed is not null)
                return;
        }
    }

    // Written when it is another than before, or was seen long ago.
    private async ValueTask RememberAsync(DomainKnowledge? former, AttemptTokens tokens)
    {
        var seen = _learning.At(parts.Time.GetUtcNow());
        if (_learning.Any && (former is null || former with { Seen = seen.Seen } != seen || seen.Seen - former.Seen > parts.Options.KnowledgeLifetime / 8))
            await parts.Routing.Knowledge.SetAsync(request.Domain, seen, tokens.Stop).ConfigureAwait(false);
    }

    private async ValueTask FollowAsync(PlanStep step, Learning learning, AttemptTokens tokens)
    {
        switch (step)
        {
            case PlanStep.TryHost(var plan):
                var host = new HostAttempt(parts, plan, request, _board, learning);
                try
                {
                    await host.RunAsync(tokens).ConfigureAwait(false);
                }
                finally
                {
                    _hosts.Add(host.Explain());
                }
                NotePause(host);
                break;
            case PlanStep.SkipHost(var why, var explanation):
                _hosts.Add(explanation);
                DeliveryTelemetry.HostSkipped(why);
                learning.PassedOver(why);
                _board.NoteAll(new HostFailure(explanation.Host, why, null));
                break;
            case PlanStep.GiveUp(var why):
                GiveUp(why);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // A limit of our own is no reason to go on to a host that is less preferred.
    private void NotePause(HostAttempt host)
    {
        if (!_anyHostTried)
            _postponed = host.PostponedUntil;
        _anyHostTried |= host.PostponedUntil is null;
    }

    private void GiveUp(DeliveryFailure why)
    {
        DeliveryTelemetry.HostSkipped(why);
        _board.NoteAll(new HostFailure(default, why, null));
    }

    private static string Verdict(IReadOnlyList<RecipientReport> recipients)
    {
        var words = new List<string>();
        foreach (var (disposition, word) in ((Disposition, string)[])[(Disposition.Delivered, "delivered"), (Disposition.Transient, "deferred"), (Disposition.Permanent, "refused")])
        {
            var group = recipients.Where(report => report.Disposition == disposition).ToList();
            if (group.Count > 0)
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{word}{(group.Count == recipients.Count ? "" : $" {group.Count} of {recipients.Count}")}, {group[0].Status}, {group[0].Sentence}"));
        }
        return string.Join("; ", words);
    }
}
