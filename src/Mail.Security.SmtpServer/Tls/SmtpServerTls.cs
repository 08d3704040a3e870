using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.SmtpServer;

/// <summary>The certificate of a listener and the rules of its handshakes. TLS 1.2 is the floor; safe for any number of sessions at once.</summary>
/// <remarks>
/// The certificate context is built once, not per handshake; <see cref="Replace(SslStreamCertificateContext)"/> puts a renewed
/// certificate in force for handshakes that start afterwards. The same certificate is served whatever name the client asks for,
/// as sending systems often send none or another. Session tickets are not issued: some large senders resume TLS 1.3 sessions
/// wrongly, and each session here is short.
/// </remarks>
public sealed class SmtpServerTls
{
    private SslStreamCertificateContext _context;

    /// <summary>Serves a context the caller made.</summary>
    public SmtpServerTls(SslStreamCertificateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
    }

    /// <summary>Serves a certificate with its private key, and sends <paramref name="intermediates"/> along. Nothing is downloaded.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public SmtpServerTls(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
        : this(CreateContext(certificate, intermediates))
    {
    }

    /// <summary>Whether a client may send mail without TLS. Default <see cref="TlsRequirement.Optional"/>.</summary>
    public TlsRequirement Requirement { get; init; }

    /// <summary>Puts a renewed certificate in force; handshakes under way keep the former one.</summary>
    public void Replace(SslStreamCertificateContext renewed)
    {
        ArgumentNullException.ThrowIfNull(renewed);
        Volatile.Write(ref _context, renewed);
    }

    /// <summary>Puts a renewed certificate in force; handshakes under way keep the former one.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public void Replace(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null) =>
        Replace(CreateContext(certificate, intermediates));

    internal SslServerAuthenticationOptions CreateOptions() => new()
    {
        ServerCertificateContext = Volatile.Read(ref _context),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ClientCertificateRequired = false,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    private static SslStreamCertificateContext CreateContext(X509Certificate2 certificate, X509Certificate2Collection? intermediates)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException("The certificate has no private key.", nameof(certificate));
        }
        return SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }
}
