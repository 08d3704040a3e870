using System.Diagnostics;
using System.Net;
using DaneCheck.Keys;
using DaneCheck.Lookups;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Checking;

/// <summary>Walks the steps of plans as a delivery would, and notes what comes of each host. The hosts are looked at side by side, and told in the order of the plans.</summary>
internal sealed class PlanWalk(LookupLog log, AddressCheck check, IReadOnlyList<KeyMaterial> nextKeys) : IDisposable
{
    private const int MostAtOnce = 32;

    private readonly List<Task<HostReport>> _hosts = [];
    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <summary>What came of all but the hosts.</summary>
    public CheckVerdict Verdict { get; private set; }

    /// <summary>Why there is no host, or why not all of them; empty otherwise.</summary>
    public string Sentence { get; private set; } = "";

    /// <summary>Waits for what came of the hosts.</summary>
    public async Task<IReadOnlyList<HostReport>> FinishAsync() => await Task.WhenAll(_hosts);

    public void Dispose() => _places.Dispose();

    /// <summary>Walks the steps of one plan; the hosts are then still looked at.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lookups">The lookups that led to it.</param>
    /// <param name="way">What is said of each host besides, and what is changed.</param>
    /// <param name="cancellationToken">Gives up. An address that is not done with then is reported as such.</param>
    public async Task FollowAsync(DeliveryPlan plan, IReadOnlyList<Lookup> lookups, HostWay way, CancellationToken cancellationToken)
    {
        await foreach (var step in plan.Steps.WithCancellation(cancellationToken))
        {
            switch (step)
            {
                case PlanStep.TryHost(var host):
                    _hosts.Add(CheckAsync(way.Adapt(host), way, log.Take(), cancellationToken));
                    break;
                case PlanStep.SkipHost(var why, var explanation):
                    _hosts.Add(Task.FromResult(Skipped(way.Explain(explanation), way, why)));
                    break;
                case PlanStep.GiveUp(var why):
                    (Verdict, Sentence) = (Judge(lookups, why), why.Sentence);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private async Task<HostReport> CheckAsync(HostPlan plan, HostWay way, IReadOnlyList<Lookup> lookups, CancellationToken cancellationToken)
    {
        var addresses = await Task.WhenAll(plan.Addresses.Select(address => CheckAsync(plan, address, cancellationToken)));
        var report = Report(plan.Explanation, way, lookups) with { Floor = plan.Floor, Addresses = addresses };
        return report with { Verdict = addresses.Select(static address => address.Verdict).Concat(report.NextKeys.Select(static next => next.Verdict)).Max() };
    }

    private async Task<AddressReport> CheckAsync(HostPlan plan, IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                return await check.RunAsync(plan, address, cancellationToken);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new AddressReport { Address = new IPEndPoint(address, plan.Port).ToString(), Sentence = DomainCheck.TimeIsOver };
        }
    }

    private HostReport Skipped(HostExplanation explanation, HostWay way, DeliveryFailure why)
    {
        var lookups = log.Take();
        return Report(explanation, way, lookups) with { Verdict = Judge(lookups, why), Sentence = why.Sentence, Advice = Advice.For(explanation, (ushort)way.Port) };
    }

    private HostReport Report(HostExplanation explanation, HostWay way, IReadOnlyList<Lookup> lookups) => new()
    {
        Host = explanation.Host.Ascii,
        Port = way.Port,
        Tls = way.Tls,
        Preference = way.Priority ?? explanation.Preference,
        Lookups = lookups,
        Dane = DaneReport.Of(explanation.DaneDecision, explanation.Dane),
        MtaSts = explanation.MtaSts,
        NextKeys = [.. nextKeys.Select(next => NextKeyCheck.Run(next, explanation.DaneDecision, (ushort)way.Port))],
        Verdict = CheckVerdict.Unknown,
    };

    // What the DNS says is somebody's to mend; what it does not say may be otherwise in a minute.
    private static CheckVerdict Judge(IReadOnlyList<Lookup> lookups, DeliveryFailure why) =>
        lookups.Any(static lookup => lookup.Failure == DnsFailure.Bogus) ? CheckVerdict.Failed
        : lookups.Any(static lookup => lookup.Failure is not null) ? CheckVerdict.Unknown
        : why.Disposition == Disposition.Permanent || why.Report is not (TlsFailureType.None or TlsFailureType.StsPolicyFetchError) ? CheckVerdict.Failed
        : CheckVerdict.Unknown;
}
