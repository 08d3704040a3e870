using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>One attempt while it runs: follows the plan's steps until everybody is settled.</summary>
internal sealed class Attempt(DeliveryPlanner planner, AttemptParts parts, DeliveryRequest request)
{
    private readonly RecipientBoard _board = new(request.Envelope.Recipients);
    private readonly List<HostExplanation> _hosts = [];
    private readonly DateTimeOffset _started = parts.Time.GetUtcNow();
    private readonly long _timestamp = parts.Time.GetTimestamp();
    private DeliveryPlan? _plan;

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
            Explanation = new AttemptExplanation
            {
                Domain = request.Domain,
                Attempt = request.Attempt,
                Demand = request.Envelope.TlsDemand,
                Lookups = _plan?.Lookups ?? [],
                MtaSts = _plan?.MtaSts ?? string.Empty,
                Hosts = _hosts,
                Verdict = Verdict(recipients),
            },
        };
    }

    private async ValueTask WalkAsync(AttemptTokens tokens)
    {
        _plan = await planner.PlanAsync(request.Domain, request.Envelope.TlsDemand, tokens.Search).ConfigureAwait(false);
        await foreach (var step in _plan.Steps.WithCancellation(tokens.Search).ConfigureAwait(false))
        {
            await FollowAsync(step, tokens).ConfigureAwait(false);
            if (!_board.AnyOpen)
                return;
        }
    }

    private async ValueTask FollowAsync(PlanStep step, AttemptTokens tokens)
    {
        switch (step)
        {
            case PlanStep.TryHost(var plan):
                var host = new HostAttempt(parts, plan, request, _board);
                try
                {
                    await host.RunAsync(tokens).ConfigureAwait(false);
                }
                finally
                {
                    _hosts.Add(host.Explain());
                }
                break;
            case PlanStep.SkipHost(var why, var explanation):
                _hosts.Add(explanation);
                DeliveryTelemetry.HostSkipped(why);
                _board.NoteAll(new HostFailure(explanation.Host, why, null));
                break;
            case PlanStep.GiveUp(var why):
                GiveUp(why);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
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
