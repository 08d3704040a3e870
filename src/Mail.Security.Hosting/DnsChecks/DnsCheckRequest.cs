using System.Net;
using Mail.Security.Delivery;

namespace Mail.Security.Hosting;

/// <summary>What <see cref="DnsCheck"/> looks at.</summary>
public sealed record DnsCheckRequest
{
    /// <summary>The name of this host, said in EHLO by transports without a name of their own. Required.</summary>
    public required DomainName HostName { get; init; }

    /// <summary>The domains in whose name mail is sent.</summary>
    public IReadOnlyList<DomainName> SenderDomains { get; init; } = [];

    /// <summary>The addresses from which other hosts see this one; empty leaves it to the source addresses of transports.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>The transports. Those to mail exchangers are looked at, directly or through proxies: what a smarthost or submission server is seen as is not this host's to publish.</summary>
    public DeliveryRoutes Routes { get; init; } = DeliveryRoutes.Default;

    /// <summary>The addresses mail leaves from, each with the name said there, and the transports of which no address is known.</summary>
    internal (IReadOnlyList<SendingAddress> Addresses, IReadOnlyList<TransportName> Unknown) Senders()
    {
        var (found, unknown) = (new List<(IPAddress Address, DomainName Hello, TransportName Transport)>(), new List<TransportName>());
        foreach (var name in Routes.Catalog.Names)
        {
            Routes.Catalog.TryGet(name, out var transport);
            var (addresses, hello) = transport switch
            {
                TransportDefinition.Direct direct => (Own(direct.SourceAddressV4, direct.SourceAddressV6), direct.HelloName),
                TransportDefinition.Socks socks => (socks.EgressAddresses, socks.HelloName),
                _ => (null, default),
            };
            if (addresses is { Count: 0 })
                unknown.Add(name);
            found.AddRange((addresses ?? []).Select(address => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, hello.IsEmpty ? HostName : hello, name)));
        }
        return ([.. found.GroupBy(static one => (one.Address, one.Hello)).Select(static group => new SendingAddress(group.Key.Address, group.Key.Hello, [.. group.Select(static one => one.Transport)]))], unknown);
    }

    // Behind a NAT a source address is not what others see: it counts where nothing else is told, or where it is among what is told.
    private IReadOnlyList<IPAddress> Own(params IPAddress?[] sources) => sources.OfType<IPAddress>().ToList() is { Count: > 0 } set && OwnAddresses.Count == 0 ? set
        : sources.OfType<IPAddress>().Where(OwnAddresses.Contains).ToList() is { Count: > 0 } some ? some
        : OwnAddresses;
}
