using DaneCheck.Arguments;
using DaneCheck.Lookups;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Checking;

/// <summary>Plans a delivery to a domain, to a smarthost or to submission servers, and does all of it but sending.</summary>
internal sealed class DomainCheck : IDisposable
{
    /// <summary>What is said of a host that there was no time for.</summary>
    public const string TimeIsOver = "the time for the whole check was over (--limit)";

    private readonly CheckArguments _arguments;
    private readonly LookupLog _log;
    private readonly DeliveryPlanner _planner;
    private readonly PlanWalk _walk;
    private CheckReport _report = null!;

    /// <summary>Makes a check of what the arguments name.</summary>
    public DomainCheck(CheckArguments arguments, IDnssecResolver resolver)
    {
        var helloName = arguments.HelloName.IsEmpty ? HelloNames.OfThisMachine() : arguments.HelloName;
        (_arguments, _log) = (arguments, new LookupLog(resolver));
        _planner = CheckPlanners.Make(arguments, helloName, _log, resolver);
        _walk = new PlanWalk(_log, new AddressCheck(helloName, arguments.Timeout), arguments.NextKeys);
    }

    /// <summary>Checks. When the time for all of it is over, the report says what was found until then.</summary>
    /// <param name="path">The resolver in one sentence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CheckReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_arguments.EffectiveLimit);
        _report = new CheckReport { Domain = _arguments.Name.Ascii, Way = _arguments.Way, Resolver = path };
        try
        {
            await (_arguments.Way == CheckWay.Submission ? CheckSubmissionAsync(limit.Token) : CheckTransferAsync(limit.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var verdict = _report.Verdict > CheckVerdict.Unknown ? _report.Verdict : CheckVerdict.Unknown;
            _report = _report with { Lookups = [.. _report.Lookups, .. _log.Take()], Verdict = verdict, Sentence = TimeIsOver };
        }
        var hosts = await _walk.FinishAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return _report with { Hosts = hosts, Verdict = hosts.Select(static host => host.Verdict).Append(_report.Verdict).Max() };
    }

    public void Dispose() => _walk.Dispose();

    private async Task CheckTransferAsync(CancellationToken cancellationToken)
    {
        var port = _arguments.Port ?? CheckPlanners.DefaultPort;
        var plan = await PlanAsync(_arguments.Way == CheckWay.Smarthost ? new TransportDefinition.Smarthost { Host = _arguments.Name, Port = port } : new TransportDefinition.Direct(), cancellationToken);
        _report = _report with { Lookups = _log.Take(), MtaSts = plan.MtaSts };
        await _walk.FollowAsync(plan, _report.Lookups, new HostWay(port), cancellationToken);
        _report = _report with { Verdict = _walk.Verdict, Sentence = _walk.Sentence };
    }

    private async Task CheckSubmissionAsync(CancellationToken cancellationToken)
    {
        var (servers, sentence, verdict) = await new SubmissionSearch(_arguments, _log).RunAsync(cancellationToken);
        // Whoever says that there is no such service has no mail server that could be right.
        _report = _report with { Lookups = _log.Take(), Verdict = servers.Count == 0 && verdict == CheckVerdict.Verified ? CheckVerdict.Failed : verdict, Sentence = sentence };
        foreach (var server in servers.Take(CheckPlanners.Most))
        {
            var rules = new SubmissionRules(server, _arguments.Roots);
            var plan = await PlanAsync(rules.Transport, cancellationToken);
            await _walk.FollowAsync(plan, [], new HostWay(server.Port, server.Tls, server.Priority) { Adapt = rules.Adapt, Explain = rules.Explain }, cancellationToken);
        }
    }

    private ValueTask<DeliveryPlan> PlanAsync(TransportDefinition transport, CancellationToken cancellationToken) =>
        _planner.PlanAsync(new PlanRequest { Domain = new RecipientDomain(_arguments.Name), Transport = transport }, cancellationToken);
}
