using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>Checks whether an address has a name that leads back to it (iprev, RFC 8601 §3).</summary>
/// <remarks>Safe for use by many callers at once.</remarks>
public sealed class ReverseNameCheck
{
    private readonly IDnssecResolver _resolver;
    private readonly int _maxNames;

    /// <summary>Makes a check.</summary>
    /// <param name="resolver">Where names are looked up; its time limits are those of each lookup.</param>
    /// <param name="maxNames">How many names of an address are looked at; all further ones are ignored. Default 10; 1 to 100.</param>
    public ReverseNameCheck(IDnssecResolver resolver, int maxNames = 10)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNames, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxNames, 100);
        (_resolver, _maxNames) = (resolver, maxNames);
    }

    /// <summary>Checks an address.</summary>
    /// <param name="address">The address; an IPv4 address that is mapped into IPv6 is that IPv4 address.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <returns>What was found. A name whose lookup fails counts only where no other name leads back.</returns>
    public async ValueTask<ReverseNameResult> CheckAsync(IPAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        switch (await _resolver.GetPtrAsync(ReverseName.Of(address), cancellationToken).ConfigureAwait(false))
        {
            case DnsAnswer<DomainName>.Found found:
                return await ForwardAsync(address, found, cancellationToken).ConfigureAwait(false);
            case DnsAnswer<DomainName>.Absent absent:
                return new ReverseNameResult.PermError { Security = absent.Security };
            case DnsAnswer<DomainName>.Failed failed:
                return new ReverseNameResult.TempError($"{failed.Reason}: {failed.Detail}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask<ReverseNameResult> ForwardAsync(IPAddress address, DnsAnswer<DomainName>.Found reverse, CancellationToken cancellationToken)
    {
        var (names, security, failure) = (new List<DomainName>(), reverse.Security, (string?)null);
        var looked = reverse.Records.Take(_maxNames).ToList();
        foreach (var name in looked)
        {
            var answer = address.AddressFamily == AddressFamily.InterNetwork
                ? await _resolver.GetAAsync(name, cancellationToken).ConfigureAwait(false) : await _resolver.GetAaaaAsync(name, cancellationToken).ConfigureAwait(false);
            if (answer is DnsAnswer<IPAddress>.Found found && found.Records.Contains(address))
                names.Add(name);
            security = Least(security, answer switch
            {
                DnsAnswer<IPAddress>.Found any => any.Security,
                DnsAnswer<IPAddress>.Absent none => none.Security,
                _ => DnsSecurity.Indeterminate,
            });
            failure ??= (answer as DnsAnswer<IPAddress>.Failed)?.Detail;
        }
        return names.Count > 0 ? new ReverseNameResult.Pass(names) { Security = security }
            : failure is not null ? new ReverseNameResult.TempError(failure)
            : new ReverseNameResult.Fail(looked) { Security = security };
    }

    private static DnsSecurity Least(DnsSecurity one, DnsSecurity other) => one < other ? one : other;
}
