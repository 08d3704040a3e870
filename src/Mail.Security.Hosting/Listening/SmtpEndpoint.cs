using System.Net;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>One address and port on which SMTP is spoken.</summary>
/// <param name="Address">Where to listen; port 0 takes a free one (see <see cref="SmtpListener.EndPoints"/>), and the IPv6 wildcard address takes IPv4 too.</param>
public sealed record SmtpEndpoint(IPEndPoint Address)
{
    /// <summary>When TLS starts; by default when the client says STARTTLS, which is offered when the session has a certificate.</summary>
    public TlsStart TlsStart { get; init; }

    /// <summary>What sessions here offer and bear; null, the default, for <see cref="SmtpListenerOptions.Server"/>.</summary>
    public SmtpServerOptions? Server { get; init; }
}
