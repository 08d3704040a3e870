using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.SmtpServer;

/// <summary>The certificates of a listener and the rules of its handshakes. TLS 1.2 is the floor; safe for any number of sessions at once.</summary>
/// <remarks>
/// <para>TLS 1.2 and 1.3 with an ephemeral key exchange and authenticated encryption only (RFC 9325 §4.2) where the platform lets a program
/// choose its cipher suites (Linux, macOS); elsewhere, and with <see cref="TlsResumption.On"/>, the platform's list stands. No renegotiation, no compression, no client certificate.</para>
/// <para>Certificates are made ready once, not per handshake. <see cref="Replace(SmtpServerCertificates)"/> puts others in force for
/// handshakes that start afterwards; sessions and handshakes under way keep what they have. Clients that ask for an unknown name, or for
/// none, get the default certificate. Sessions are not resumed unless <see cref="Resumption"/> says so: some large senders resume TLS 1.3
/// sessions wrongly, and each session here is short. OpenSSL sends tickets of TLS 1.3 all the same; there is no session behind them, and
/// a client that shows one makes a whole handshake.</para>
/// </remarks>
public sealed class SmtpServerTls
{
    private readonly Holder _holder;

    /// <summary>Serves these certificates.</summary>
    public SmtpServerTls(SmtpServerCertificates certificates)
        : this(new Holder(certificates))
    {
    }

    /// <summary>Serves a context the caller made.</summary>
    public SmtpServerTls(SslStreamCertificateContext context)
        : this(new SmtpServerCertificates(new SmtpServerCertificate(context)))
    {
    }

    /// <summary>Serves a certificate with its private key, and sends <paramref name="intermediates"/> along. Nothing is downloaded.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public SmtpServerTls(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
        : this(new SmtpServerCertificates(new SmtpServerCertificate(certificate, intermediates)))
    {
    }

    private SmtpServerTls(Holder holder) => _holder = holder;

    /// <summary>Whether a client may send mail without TLS. Default <see cref="TlsRequirement.Optional"/>.</summary>
    public TlsRequirement Requirement { get; init; }

    /// <summary>Whether sessions are resumed. Default <see cref="TlsResumption.Off"/>.</summary>
    public TlsResumption Resumption { get; init; }

    /// <summary>The certificates in force.</summary>
    public SmtpServerCertificates Certificates => _holder.Certificates;

    /// <summary>The same certificates, replaced together with these, under another requirement: one listener takes mail on ports 25 and 465.</summary>
    public SmtpServerTls WithRequirement(TlsRequirement requirement) => new(_holder) { Requirement = requirement, Resumption = Resumption };

    /// <summary>Puts other certificates in force, all at once; handshakes under way keep the former ones.</summary>
    public void Replace(SmtpServerCertificates renewed)
    {
        ArgumentNullException.ThrowIfNull(renewed);
        _holder.Certificates = renewed;
    }

    /// <summary>Puts a renewed certificate in force in place of all others; handshakes under way keep the former ones.</summary>
    public void Replace(SslStreamCertificateContext renewed) => Replace(new SmtpServerCertificates(new SmtpServerCertificate(renewed)));

    /// <summary>Puts a renewed certificate in force in place of all others; handshakes under way keep the former ones.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public void Replace(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null) =>
        Replace(new SmtpServerCertificates(new SmtpServerCertificate(certificate, intermediates)));

    internal SslServerAuthenticationOptions CreateOptions(string? serverName) => new()
    {
        ServerCertificateContext = Certificates.Choose(serverName).Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        CipherSuitesPolicy = Resumption == TlsResumption.Off ? TlsSuites.Policy : null,      // the platform resumes no session where a program chose the suites
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ClientCertificateRequired = false,
        AllowRenegotiation = false,
        AllowTlsResume = Resumption == TlsResumption.On,
    };

    /// <summary>What all that share certificates read; written as one reference, so that nobody sees half a change.</summary>
    private sealed class Holder
    {
        private SmtpServerCertificates _certificates;

        public Holder(SmtpServerCertificates certificates)
        {
            ArgumentNullException.ThrowIfNull(certificates);
            _certificates = certificates;
        }

        public SmtpServerCertificates Certificates
        {
            get => Volatile.Read(ref _certificates);
            set => Volatile.Write(ref _certificates, value);
        }
    }
}
