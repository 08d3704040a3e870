using System.Diagnostics;
using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>The addresses of one host, or why there are none.</summary>
internal abstract record HostAddresses
{
    private HostAddresses()
    {
    }

    /// <summary>At least one address.</summary>
    /// <param name="Addresses">All of them, by family, IPv6 first.</param>
    /// <param name="Security">The better one of the two families': either suffices to look for TLSA records, which bind to the name.</param>
    /// <param name="ExpandedHost">The canonical name of that family's answer.</param>
    public sealed record Found(IReadOnlyList<IPAddress> Addresses, DnsSecurity Security, DomainName ExpandedHost) : HostAddresses;

    /// <summary>The host has no address in either family.</summary>
    public sealed record None : HostAddresses;

    /// <summary>It is not known whether it has.</summary>
    public sealed record Unknown(DnsAnswer<IPAddress>.Failed Failure) : HostAddresses;

    /// <summary>Looks up the families that are wanted, at once.</summary>
    public static async ValueTask<HostAddresses> FindAsync(DomainName host, AddressFamilies families, IDnssecResolver resolver, CancellationToken cancellationToken)
    {
        if (families == AddressFamilies.IPv4Only)
            return Join([await resolver.GetAAsync(host, cancellationToken).ConfigureAwait(false)]);
        if (families == AddressFamilies.IPv6Only)
            return Join([await resolver.GetAaaaAsync(host, cancellationToken).ConfigureAwait(false)]);
        var four = resolver.GetAAsync(host, cancellationToken).AsTask();
        var six = resolver.GetAaaaAsync(host, cancellationToken).AsTask();
        await Task.WhenAll(four, six).ConfigureAwait(false);
        return Join(await six.ConfigureAwait(false), await four.ConfigureAwait(false));
    }

    internal static HostAddresses Join(DnsAnswer<IPAddress> six, DnsAnswer<IPAddress> four) => Join([six, four]);

    private static HostAddresses Join(DnsAnswer<IPAddress>[] answers)
    {
        var found = answers.OfType<DnsAnswer<IPAddress>.Found>().ToArray();
        if (found.Length == 0)
            return answers.OfType<DnsAnswer<IPAddress>.Failed>().LastOrDefault() is { } failure ? new Unknown(failure) : new None();

        // A failed family does not keep the other from being used: its security is its own, and DANE asks no more of it.
        var best = found.MaxBy(static answer => answer.Security) ?? throw new UnreachableException();
        return new Found([.. found.SelectMany(static answer => answer.Records)], best.Security, best.CanonicalName);
    }
}
