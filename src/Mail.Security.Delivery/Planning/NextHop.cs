using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>Where the hosts of a domain came from.</summary>
internal enum HostSource : byte
{
    /// <summary>MX records.</summary>
    Mx = 0,

    /// <summary>There are none: the domain itself is its only host (RFC 5321 §5.1).</summary>
    Domain,

    /// <summary>The operator named the host (RFC 7672 §2.2.2).</summary>
    Configured,
}

/// <summary>The hosts of a recipient domain, or why there is none.</summary>
internal abstract record NextHop
{
    private NextHop()
    {
    }

    /// <summary>Hosts to try, by rising preference, each once.</summary>
    /// <param name="Hosts">At least one.</param>
    /// <param name="Source">Where they came from.</param>
    /// <param name="Security">That of the MX answer, a denial included, with every alias on the way.</param>
    /// <param name="Names">After a secure MX lookup the names of the next hop that a certificate may have (RFC 7672 §3.2.2); else empty.</param>
    public sealed record Found(IReadOnlyList<MxRecord> Hosts, HostSource Source, DnsSecurity Security, IReadOnlyList<DomainName> Names) : NextHop;

    public sealed record None(DeliveryFailure Why) : NextHop;
}
