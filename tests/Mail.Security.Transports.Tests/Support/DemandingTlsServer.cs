using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Mail.Security.Transports.Tests;

/// <summary>A TLS 1.3 server that demands a client certificate and answers its absence with an alert, as OpenSSL does and SslStream does not.</summary>
internal sealed class DemandingTlsServer(X509Certificate2 certificate) : DefaultTlsServer(new BcTlsCrypto(new SecureRandom()))
{
    /// <summary>Runs the handshake, which ends with the alert, and reads what the client still says.</summary>
    public static void Refuse(Stream stream, X509Certificate2 certificate)
    {
        try
        {
            new TlsServerProtocol(stream).Accept(new DemandingTlsServer(certificate));
        }
        catch (TlsFatalAlert)
        {
            // said to the client as well
        }
        catch (IOException)
        {
            // the client hung up first
        }
    }

    public override TlsCredentials GetCredentials()
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        var crypto = (BcTlsCrypto)Crypto;
        var chain = new Certificate(TlsUtilities.EmptyBytes, [new CertificateEntry(crypto.CreateCertificate(certificate.RawData), null)]);
        return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(m_context), crypto, PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()), chain,
            SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    public override Org.BouncyCastle.Tls.CertificateRequest GetCertificateRequest() =>
        new(TlsUtilities.EmptyBytes, [SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa)], null, null);

    public override void NotifyClientCertificate(Certificate clientCertificate) => throw new TlsFatalAlert(AlertDescription.certificate_required);

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv13.Only();
}
