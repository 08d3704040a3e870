using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;

namespace Mail.Security.Delivery;

/// <summary>
/// Plans a delivery: which hosts, in which order, under which protection. The mail exchangers of the domain (RFC 5321 §5.1, RFC 7672 §2.2, RFC 8461 §4, RFC 8689 §4.2),
/// or the one host that the transport names (RFC 7672 §2.2.2).
/// </summary>
/// <remarks>Safe for use by many callers at once; it opens no connection to a mail host.</remarks>
public sealed class DeliveryPlanner
{
    private readonly IDnssecResolver _resolver;
    private readonly MtaStsResolver _mtaSts;
    private readonly DeliveryOptions _options;
    private readonly PlanTools _tools;

    /// <summary>Makes a planner.</summary>
    /// <param name="resolver">The source of answers and of their security.</param>
    /// <param name="mtaSts">The source of MTA-STS policies.</param>
    /// <param name="options">How mail is delivered; copied here.</param>
    /// <param name="time">The clock for certificate dates, and for how old the list of own addresses gets; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DeliveryPlanner(IDnssecResolver resolver, MtaStsResolver mtaSts, DeliveryOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentNullException.ThrowIfNull(mtaSts);
        ArgumentNullException.ThrowIfNull(options);
        (_resolver, _mtaSts, _options) = (resolver, mtaSts, options.CheckedCopy());
        _tools = PlanTools.Of(_options, time ?? TimeProvider.System);
    }

    /// <summary>Plans the delivery by a transport. Where it goes to the domain's mail exchangers they and the domain's policy are looked up, at the same time.</summary>
    /// <param name="request">The domain, the demand, the transport and what the operator demands.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The plan; a domain that cannot be reached has one step, <see cref="PlanStep.GiveUp"/>.</returns>
    /// <exception cref="ArgumentException">The domain is empty.</exception>
    public ValueTask<DeliveryPlan> PlanAsync(PlanRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Domain.Name.IsEmpty)
            throw new ArgumentException("A plan needs a domain.", nameof(request));
        return request.Transport switch
        {
            TransportDefinition.Direct direct => PlanExchangersAsync(request, direct.Families, cancellationToken),
            TransportDefinition.Socks socks => PlanExchangersAsync(request, socks.Families, cancellationToken),
            TransportDefinition.Smarthost smarthost => new(PlanOf(SmarthostSteps(smarthost, request.Demand, cancellationToken))),
            TransportDefinition.Submission submission => new(PlanOf(SubmissionSteps(submission, request.Demand, cancellationToken))),
            TransportDefinition.Fail fail => new(PlanOf(Single(FailureTable.Of(fail)))),
            _ => throw new UnreachableException(),
        };
    }

    internal ExchangerLookup ExchangersOf(RecipientDomain domain) => new(domain, _resolver);

    private async ValueTask<DeliveryPlan> PlanExchangersAsync(PlanRequest request, AddressFamilies families, CancellationToken cancellationToken)
    {
        var exchangers = request.Exchangers ?? ExchangersOf(request.Domain);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var policy = _mtaSts.DecideAsync(request.Domain, stop.Token).AsTask();
        try
        {
            var nextHop = await NextHopFinder.FindAsync(request.Domain, _options.OwnNames, exchangers, cancellationToken).ConfigureAwait(false);
            if (nextHop is NextHop.None(var why))
                return PlanOf(Single(why)) with { Lookups = exchangers.Recorder.Findings };
            var decision = await policy.ConfigureAwait(false);
            return new DeliveryPlan
            {
                Lookups = exchangers.Recorder.Findings,
                MtaSts = Describe(decision),
                Steps = decision is MtaStsDecision.Defer defer && request.Demand != TlsDemand.TlsRequiredNo
                    ? Single(FailureTable.Of(defer))
                    : ExchangerSteps(request, families, (NextHop.Found)nextHop, decision as MtaStsDecision.InForce, cancellationToken),
            };
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)policy).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async IAsyncEnumerable<PlanStep> ExchangerSteps(
        PlanRequest request, AddressFamilies families, NextHop.Found nextHop, MtaStsDecision.InForce? mtaSts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var destination = request.Destination;
        var demands = new HostDemands(request.Demand, destination.Floor, destination.Dane, HostDemands.Both(families, destination.Families), _options.Port);
        foreach (var host in nextHop.Hosts.Take(_options.MaxHosts))
        {
            var planner = new HostPlanner(host, nextHop, mtaSts, demands, request.Transport);
            var step = await planner.PlanAsync(_resolver, _tools, _options, cancellationToken).ConfigureAwait(false);
            yield return step is PlanStep.TryHost(var plan) ? new PlanStep.TryHost(plan with { LeastVersion = destination.LeastVersion }) : step;
            // RFC 5321 §5.1: what is no better than this host would bring the message round again.
            if (planner.Evidence == LoopEvidence.OwnAddress)
                yield break;
        }
        // Who was not asked may take the message later: what the others said is not the domain's last word.
        if (nextHop.Hosts.Count - _options.MaxHosts is > 0 and var more)
            yield return new PlanStep.GiveUp(FailureTable.Of(PlanFault.MoreHosts, string.Create(CultureInfo.InvariantCulture, $"{more} more of {request.Domain}")));
    }

    // RFC 7672 §2.2.2: a host that the operator named is found by its addresses, and DANE is a matter of these and of its name.
    private async IAsyncEnumerable<PlanStep> SmarthostSteps(TransportDefinition.Smarthost smarthost, TlsDemand demand, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var demands = new HostDemands(demand, smarthost.LeastTls, DaneRequirement.WherePublished, smarthost.Families, smarthost.Port);
        var nextHop = Configured(smarthost.Host);
        yield return await new HostPlanner(nextHop.Hosts[0], nextHop, null, demands, smarthost).PlanAsync(_resolver, _tools, _options, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<PlanStep> SubmissionSteps(TransportDefinition.Submission submission, TlsDemand demand, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await new SubmissionPlanner(submission, demand).PlanAsync(_resolver, _tools, cancellationToken).ConfigureAwait(false);
    }

    private static NextHop.Found Configured(DomainName host) => new([new MxRecord(0, host)], HostSource.Configured, DnsSecurity.Indeterminate, []);

    private static DeliveryPlan PlanOf(IAsyncEnumerable<PlanStep> steps) => new() { Lookups = [], MtaSts = string.Empty, Steps = steps };

    private static async IAsyncEnumerable<PlanStep> Single(DeliveryFailure why)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new PlanStep.GiveUp(why);
    }

    private static string Describe(MtaStsDecision decision) => Sentences.OneLine(decision switch
    {
        MtaStsDecision.None none => $"no policy in force: {none.Detail}",
        MtaStsDecision.InForce(var policy, var id, var origin, var age, var refresh) => string.Create(CultureInfo.InvariantCulture,
            $"policy {id}, {policy}, {(origin == PolicyOrigin.Fetched ? "just fetched" : $"{(long)age.TotalSeconds} s old")}{(refresh is null ? "" : $"; {refresh}")}"),
        MtaStsDecision.Defer defer => $"cannot be told: {defer.Detail}",
        _ => throw new UnreachableException(),
    });
}
