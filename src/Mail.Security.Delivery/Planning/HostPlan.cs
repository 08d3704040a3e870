using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>How one host is to be tried. Pure data: whoever follows it needs no policy of his own.</summary>
public sealed record HostPlan
{
    /// <summary>The host as the MX record names it, or the domain itself.</summary>
    public required DomainName Host { get; init; }

    /// <summary>The port of every address.</summary>
    public required int Port { get; init; }

    /// <summary>The addresses, in the order to dial them; at least one.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>The least a session must offer.</summary>
    public required TlsFloor Floor { get; init; }

    /// <summary>
    /// The sessions to try at an address, in order; at least one. The second, where there is one, is the plaintext session of opportunistic
    /// TLS, for a server that cannot do TLS; above <see cref="TlsFloor.Opportunistic"/> there is none.
    /// </summary>
    public required IReadOnlyList<SessionPlan> Sessions { get; init; }

    /// <summary>The transport whose source, proxy, name and login are used. Default: from this host, without any.</summary>
    public TransportDefinition Transport { get; init; } = new TransportDefinition.Direct();

    /// <summary>Whether the operator named the host: what it refuses before a message is sent is between the two, and no word on the message.</summary>
    internal bool IsRelay => Transport is TransportDefinition.Smarthost or TransportDefinition.Submission;

    /// <summary>The name for EHLO that goes with the transport; empty for the usual one.</summary>
    internal DomainName HelloName => Transport switch
    {
        TransportDefinition.Direct direct => direct.HelloName,
        TransportDefinition.Smarthost smarthost => smarthost.HelloName,
        TransportDefinition.Submission submission => submission.HelloName,
        TransportDefinition.Socks socks => socks.HelloName,
        _ => default,
    };

    /// <summary>The least TLS version of a session.</summary>
    public LeastTlsVersion LeastVersion { get; init; }

    /// <summary>What was learned of the host on the way to this plan.</summary>
    public required HostExplanation Explanation { get; init; }
}
