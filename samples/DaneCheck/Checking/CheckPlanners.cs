using DaneCheck.Arguments;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;

namespace DaneCheck.Checking;

/// <summary>Makes the planner of deliveries, with what a check does otherwise.</summary>
internal static class CheckPlanners
{
    /// <summary>A domain could name thousands.</summary>
    public const int Most = 32;

    /// <param name="arguments">The command line.</param>
    /// <param name="helloName">The name for EHLO.</param>
    /// <param name="log">Notes the lookups for hosts.</param>
    /// <param name="resolver">For those of MTA-STS.</param>
    public static DeliveryPlanner Make(CheckArguments arguments, DomainName helloName, IDnssecResolver log, IDnssecResolver resolver)
    {
        var options = new DeliveryOptions
        {
            HelloName = helloName,
            Port = arguments.Port ?? DefaultPort,
            ExtraRoots = arguments.Roots,
            InsecureMx = arguments.InsecureMx,
            Vetting = null,                                 // who runs a check may look into his own network
            MaxHosts = Most,
            MaxAddressesPerHost = Most,
        };
        var sts = new MtaStsOptions { ExtraRoots = arguments.Roots };
        return new DeliveryPlanner(log, new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver, sts), sts), options);
    }

    /// <summary>The port of hosts that take mail from hosts.</summary>
    public const int DefaultPort = 25;
}
