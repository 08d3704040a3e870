using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Transports;

/// <summary>One TLS handshake as a client, with the verifier asked inside it.</summary>
internal sealed class TlsHandshake(SmtpSessionSettings settings)
{
    private readonly PeerVerifier _verifier = settings.Verifier!;
    private PeerVerdict? _verdict;
    private TlsPeerCertificate? _certificate;

    /// <summary>Runs the handshake over a connection.</summary>
    public async ValueTask<(TlsSession? Session, SessionFailure? Failure)> RunAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        var fault = await connection.UpgradeAsync(Options(), settings.Timeouts.TlsHandshake, cancellationToken).ConfigureAwait(false);
        if (_verdict is PeerVerdict.Rejected rejected)
            return (null, Failure(SessionFailureKind.PeerRejected, $"{rejected.Reason}: {rejected.Detail}"));
        if (fault is not null)
            return (null, Failure(fault.Kind == WireFaultKind.Timeout ? SessionFailureKind.Timeout : SessionFailureKind.TlsHandshake, fault.Detail));
        // A handshake without a certificate never asks: no verdict is no proof.
        if (connection.Tls is not { } tls || _verdict is null)
            return (null, Failure(SessionFailureKind.TlsHandshake, "the server's certificate was not verified"));
        return (new TlsSession(tls.SslProtocol, tls.NegotiatedCipherSuite, _verdict, _certificate), null);
    }

    private SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = settings.ServerName is { IsEmpty: false } name ? name.Ascii : string.Empty,    // RFC 6066 §3; empty sends none
        EnabledSslProtocols = settings.LeastTlsVersion == LeastTlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,      // RFC 8996 §5
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        AllowRenegotiation = false,
        AllowTlsResume = false,             // a resumed session need not carry the chain, which DANE-TA must see
        // The platform builds its own chain before it asks us; its opinion is not used, so it must cost nothing and fetch nothing.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            VerificationFlags = X509VerificationFlags.AllFlags,
        },
        RemoteCertificateValidationCallback = OnCertificate,
        ClientCertificateContext = settings.ClientCertificate is { } client ? SslStreamCertificateContext.Create(client, additionalCertificates: null, offline: true) : null,
    };

    private bool OnCertificate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var presented = Presented(certificate as X509Certificate2, chain);
        _verdict = _verifier.Verify(new PeerCertificates(presented));
        _certificate = presented.Count > 0 ? TlsPeerCertificate.From(presented[0]) : null;
        return _verdict is not PeerVerdict.Rejected;
    }

    // The extra store holds what the server sent, in its order, on some platforms with the leaf in front.
    private static List<X509Certificate2> Presented(X509Certificate2? leaf, X509Chain? chain)
    {
        var presented = new List<X509Certificate2>();
        if (leaf is null)
            return presented;
        presented.Add(leaf);
        if (chain is null)
            return presented;
        var rest = chain.ChainPolicy.ExtraStore;
        var first = rest.Count > 0 && rest[0].RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span) ? 1 : 0;
        presented.AddRange(rest.Skip(first));
        return presented;
    }

    private SessionFailure Failure(SessionFailureKind kind, string detail) => new(kind, SmtpStage.TlsHandshake, null, _verdict, detail) { PeerCertificate = _certificate };
}
