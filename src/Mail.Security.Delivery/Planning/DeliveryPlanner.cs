using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;

namespace Mail.Security.Delivery;

/// <summary>Plans a direct delivery: which hosts, in which order, under which protection (RFC 5321 §5.1, RFC 7672 §2.2, RFC 8461 §4, RFC 8689 §4.2).</summary>
/// <remarks>Safe for use by many callers at once; it opens no connection to a mail host.</remarks>
public sealed class DeliveryPlanner
{
    private readonly IDnssecResolver _resolver;
    private readonly MtaStsResolver _mtaSts;
    private readonly DeliveryOptions _options;
    private readonly VerifierFactory _verifiers;

    /// <summary>Makes a planner.</summary>
    /// <param name="resolver">The source of answers and of their security.</param>
    /// <param name="mtaSts">The source of MTA-STS policies.</param>
    /// <param name="options">How mail is delivered; copied here.</param>
    /// <param name="time">The clock for certificate dates; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DeliveryPlanner(IDnssecResolver resolver, MtaStsResolver mtaSts, DeliveryOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentNullException.ThrowIfNull(mtaSts);
        ArgumentNullException.ThrowIfNull(options);
        (_resolver, _mtaSts, _options) = (resolver, mtaSts, options.CheckedCopy());
        _verifiers = new VerifierFactory(_options.ExtraRoots, time ?? TimeProvider.System);
    }

    /// <summary>Looks up the next hop and the domain's policy, at the same time, and prepares the steps.</summary>
    /// <param name="domain">The recipient domain.</param>
    /// <param name="demand">What the sender demands of transport security.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The plan; a domain that cannot be reached has one step, <see cref="PlanStep.GiveUp"/>.</returns>
    /// <exception cref="ArgumentException">The domain is empty.</exception>
    public async ValueTask<DeliveryPlan> PlanAsync(RecipientDomain domain, TlsDemand demand, CancellationToken cancellationToken = default)
    {
        if (domain.Name.IsEmpty)
            throw new ArgumentException("A plan needs a domain.", nameof(domain));
        var recorder = new LookupRecorder(_resolver);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var policy = _mtaSts.DecideAsync(domain, stop.Token).AsTask();
        try
        {
            var nextHop = await NextHopFinder.FindAsync(domain, _options.OwnNames, recorder, cancellationToken).ConfigureAwait(false);
            if (nextHop is NextHop.None(var why))
                return new DeliveryPlan { Lookups = recorder.Findings, MtaSts = string.Empty, Steps = Single(why) };
            var decision = await policy.ConfigureAwait(false);
            return new DeliveryPlan
            {
                Lookups = recorder.Findings,
                MtaSts = Describe(decision),
                Steps = decision is MtaStsDecision.Defer defer && demand != TlsDemand.TlsRequiredNo
                    ? Single(FailureTable.Of(defer))
                    : StepsAsync(domain, (NextHop.Found)nextHop, decision as MtaStsDecision.InForce, demand, cancellationToken),
            };
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)policy).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async IAsyncEnumerable<PlanStep> StepsAsync(
        RecipientDomain domain, NextHop.Found nextHop, MtaStsDecision.InForce? mtaSts, TlsDemand demand, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var host in nextHop.Hosts.Take(_options.MaxHosts))
        {
            var planner = new HostPlanner(host, nextHop, mtaSts, demand);
            yield return await planner.PlanAsync(_resolver, _verifiers, _options, cancellationToken).ConfigureAwait(false);
        }
        // Who was not asked may take the message later: what the others said is not the domain's last word.
        if (nextHop.Hosts.Count - _options.MaxHosts is > 0 and var more)
            yield return new PlanStep.GiveUp(FailureTable.Of(PlanFault.MoreHosts, string.Create(CultureInfo.InvariantCulture, $"{more} more of {domain}")));
    }

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
