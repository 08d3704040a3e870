using DaneCheck.Arguments;
using DaneCheck.Lookups;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Checking;

/// <summary>Plans a delivery to a domain, to a smarthost or to submission servers, and does all of it but sending.</summary>
internal sealed class DomainCheck
{
    private readonly CheckArguments _arguments;
    private readonly LookupLog _log;
    private readonly DeliveryPlanner _planner;
    private readonly PlanWalk _walk;

    /// <summary>Makes a check of what the arguments name.</summary>
    public DomainCheck(CheckArguments arguments, IDnssecResolver resolver)
    {
        var helloName = arguments.HelloName.IsEmpty ? HelloNames.OfThisMachine() : arguments.HelloName;
        (_arguments, _log) = (arguments, new LookupLog(resolver));
        _planner = CheckPlanners.Make(arguments, helloName, _log, resolver);
        _walk = new PlanWalk(_log, new AddressCheck(helloName, arguments.Timeout), arguments.NextKeys);
    }

    /// <summary>Checks.</summary>
    /// <param name="path">The resolver in one sentence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CheckReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        var report = new CheckReport { Domain = _arguments.Name.Ascii, Way = _arguments.Way, Resolver = path };
        return _arguments.Way switch
        {
            CheckWay.Submission => await CheckSubmissionAsync(report, cancellationToken),
            _ => await CheckTransferAsync(report, cancellationToken),
        };
    }

    private async Task<CheckReport> CheckTransferAsync(CheckReport report, CancellationToken cancellationToken)
    {
        var port = _arguments.Port ?? CheckPlanners.DefaultPort;
        var plan = await PlanAsync(_arguments.Way == CheckWay.Smarthost ? new TransportDefinition.Smarthost { Host = _arguments.Name, Port = port } : new TransportDefinition.Direct(), cancellationToken);
        var lookups = _log.Take();
        await _walk.FollowAsync(plan, lookups, new HostWay(port), cancellationToken);
        return Complete(report with { Lookups = lookups, MtaSts = plan.MtaSts, Verdict = _walk.Verdict, Sentence = _walk.Sentence });
    }

    private async Task<CheckReport> CheckSubmissionAsync(CheckReport report, CancellationToken cancellationToken)
    {
        var (servers, sentence, verdict) = await new SubmissionSearch(_arguments, _log).RunAsync(cancellationToken);
        var lookups = _log.Take();
        foreach (var server in servers.Take(CheckPlanners.Most))
        {
            var rules = new SubmissionRules(server, _arguments.Roots);
            var plan = await PlanAsync(rules.Transport, cancellationToken);
            await _walk.FollowAsync(plan, [], new HostWay(server.Port, server.Tls, server.Priority) { Adapt = rules.Adapt, Explain = rules.Explain }, cancellationToken);
        }
        // Whoever says that there is no such service has no mail server that could be right.
        return Complete(report with { Lookups = lookups, Verdict = servers.Count == 0 && verdict == CheckVerdict.Verified ? CheckVerdict.Failed : verdict, Sentence = sentence });
    }

    private ValueTask<DeliveryPlan> PlanAsync(TransportDefinition transport, CancellationToken cancellationToken) =>
        _planner.PlanAsync(new PlanRequest { Domain = new RecipientDomain(_arguments.Name), Transport = transport }, cancellationToken);

    private CheckReport Complete(CheckReport report) => report with { Hosts = _walk.Hosts, Verdict = _walk.Hosts.Select(static host => host.Verdict).Append(report.Verdict).Max() };
}
