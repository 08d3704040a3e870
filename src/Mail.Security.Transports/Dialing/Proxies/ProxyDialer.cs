using System.Net;

namespace Mail.Security.Transports;

/// <summary>Dials through a proxy: to an address, or to a name that the proxy looks up.</summary>
/// <remarks>
/// By address is the rule. A name that the proxy looks up loses what this side knows of its addresses: their DNSSEC security, whether they are
/// vetted, and which of them it was. It is for networks in which names cannot be looked up here; the certificate has to be verified by the name then.
/// </remarks>
public abstract class ProxyDialer : SmtpDialer
{
    /// <summary>The name under which metrics, log lines and explanations speak of it; from the configuration, never from the network.</summary>
    public abstract string Name { get; }

    /// <summary>Connects to a host that the proxy looks up.</summary>
    /// <param name="host">The name.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Gives up early; the only way this method throws for other reasons than misuse.</param>
    /// <returns><see cref="DialResult.Connected"/>, whose stream the caller owns and whose remote end is a <see cref="DnsEndPoint"/>, or <see cref="DialResult.Failed"/>.</returns>
    public abstract ValueTask<DialResult> DialNameAsync(DomainName host, int port, CancellationToken cancellationToken = default);
}
