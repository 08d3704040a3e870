using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

/// <summary>How a scripted peer does TLS.</summary>
/// <param name="certificate">The server's certificate with its private key; not disposed by the peer.</param>
public sealed class SmtpPeerTls(X509Certificate2 certificate)
{
    /// <summary>The server's certificate.</summary>
    public X509Certificate2 Certificate { get; } = certificate;

    /// <summary>The certificates to send behind it; none by default. The platform may leave out a self-signed root.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>The versions offered; TLS 1.2 and 1.3 by default.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whether a client without a certificate is turned away; it may learn that only after its own half of the handshake.</summary>
    public bool RequireClientCertificate { get; init; }
}
