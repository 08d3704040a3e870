using System.Diagnostics;
using DaneCheck.Arguments;
using DaneCheck.Lookups;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;

namespace DaneCheck.Checking;

/// <summary>Plans a delivery to a domain, and does all of it but sending.</summary>
internal sealed class DomainCheck(CheckArguments arguments, IDnssecResolver resolver)
{
    private const int Most = 32;                            // a domain could name thousands

    private readonly LookupLog _log = new(resolver);

    /// <summary>Checks.</summary>
    /// <param name="path">The resolver in one sentence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CheckReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        var helloName = arguments.HelloName.IsEmpty ? HelloNames.OfThisMachine() : arguments.HelloName;
        var plan = await Planner(helloName).PlanAsync(new PlanRequest { Domain = new RecipientDomain(arguments.Name) }, cancellationToken);
        var lookups = _log.Take();
        var address = new AddressCheck(helloName, arguments.Timeout);
        List<HostReport> hosts = [];
        var (verdict, sentence) = (CheckVerdict.Verified, "");
        await foreach (var step in plan.Steps.WithCancellation(cancellationToken))
        {
            switch (step)
            {
                case PlanStep.TryHost(var host):
                    hosts.Add(await CheckAsync(host, address, cancellationToken));
                    break;
                case PlanStep.SkipHost(var why, var explanation):
                    hosts.Add(Skipped(explanation, why));
                    break;
                case PlanStep.GiveUp(var why):
                    (verdict, sentence) = (Judge(lookups, why), why.Sentence);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
        return new CheckReport
        {
            Domain = arguments.Name.Ascii,
            Resolver = path,
            Lookups = lookups,
            MtaSts = plan.MtaSts,
            Hosts = hosts,
            Verdict = hosts.Select(static host => host.Verdict).Append(verdict).Max(),
            Sentence = sentence,
        };
    }

    private DeliveryPlanner Planner(DomainName helloName)
    {
        var options = new DeliveryOptions
        {
            HelloName = helloName,
            Port = arguments.Port,
            ExtraRoots = arguments.Roots,
            Vetting = null,                                 // who runs a check may look into his own network
            MaxHosts = Most,
            MaxAddressesPerHost = Most,
        };
        var sts = new MtaStsOptions { ExtraRoots = arguments.Roots };
        return new DeliveryPlanner(_log, new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver, sts), sts), options);
    }

    private async Task<HostReport> CheckAsync(HostPlan plan, AddressCheck check, CancellationToken cancellationToken)
    {
        var lookups = _log.Take();
        var addresses = await Task.WhenAll(plan.Addresses.Select(address => check.RunAsync(plan, address, cancellationToken)));
        return Report(plan.Explanation, lookups) with
        {
            Floor = plan.Floor,
            Addresses = addresses,
            Verdict = addresses.Max(static address => address.Verdict),
        };
    }

    private HostReport Skipped(HostExplanation explanation, DeliveryFailure why)
    {
        var lookups = _log.Take();
        return Report(explanation, lookups) with { Verdict = Judge(lookups, why), Sentence = why.Sentence };
    }

    private static HostReport Report(HostExplanation explanation, IReadOnlyList<Lookup> lookups) => new()
    {
        Host = explanation.Host.Ascii,
        Preference = explanation.Preference,
        Lookups = lookups,
        Dane = DaneReport.Of(explanation.DaneDecision, explanation.Dane),
        MtaSts = explanation.MtaSts,
        Verdict = CheckVerdict.Unknown,
    };

    // What the DNS says is somebody's to mend; what it does not say may be otherwise in a minute.
    private static CheckVerdict Judge(IReadOnlyList<Lookup> lookups, DeliveryFailure why) =>
        lookups.Any(static lookup => lookup.Failure == DnsFailure.Bogus) ? CheckVerdict.Failed
        : lookups.Any(static lookup => lookup.Failure is not null) ? CheckVerdict.Unknown
        : why.Disposition == Disposition.Permanent || why.Report is not (TlsFailureType.None or TlsFailureType.StsPolicyFetchError) ? CheckVerdict.Failed
        : CheckVerdict.Unknown;
}
