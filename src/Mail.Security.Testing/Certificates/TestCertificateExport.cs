using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

/// <summary>Writes test certificates in the forms that servers read.</summary>
public static class TestCertificateExport
{
    /// <summary>Writes a certificate and those it is sent with as one PEM text, in the order given.</summary>
    /// <param name="certificate">The first certificate.</param>
    /// <param name="chain">What follows it; usually <see cref="TestCertificateAuthority.Chain"/>.</param>
    /// <returns>PEM, without any private key.</returns>
    public static string ToPem(this X509Certificate2 certificate, params IEnumerable<X509Certificate2> chain)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(chain);
        return string.Concat(chain.Prepend(certificate).Select(static one => one.ExportCertificatePem() + "\n"));
    }

    /// <summary>Writes the private key of a certificate as unencrypted PKCS #8 PEM.</summary>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <returns>PEM.</returns>
    /// <exception cref="ArgumentException">The certificate has no RSA or ECDSA private key.</exception>
    public static string ToPrivateKeyPem(this X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey();
        return key is null ? throw new ArgumentException("The certificate has no private key.", nameof(certificate)) : key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Writes a certificate with its private key, and those it is sent with, as PKCS #12.</summary>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <param name="password">The password; null for none.</param>
    /// <param name="chain">What follows the certificate; usually <see cref="TestCertificateAuthority.Chain"/>.</param>
    /// <returns>The bytes of a .pfx file.</returns>
    public static byte[] ToPfx(this X509Certificate2 certificate, string? password, params IEnumerable<X509Certificate2> chain)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(chain);
        return new X509Certificate2Collection(chain.Prepend(certificate).ToArray()).Export(X509ContentType.Pkcs12, password)!;
    }

    /// <summary>Spoils the end of a certificate's validity, so that no date can be read from it; what is signed changes, so its signature does not hold any more.</summary>
    /// <param name="certificate">A certificate with its private key, whose validity is written as UTCTime (before 2050).</param>
    /// <returns>The certificate with its private key; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The certificate has no validity in UTCTime, or no RSA or ECDSA private key.</exception>
    public static X509Certificate2 WithUnreadableEnd(this X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        const int UtcTime = 15;                                     // with its tag and its length
        byte[] validity = [0x30, 2 * UtcTime, 0x17, UtcTime - 2];
        var octets = certificate.RawData;
        var at = octets.AsSpan().IndexOf(validity);
        if (at < 0)
            throw new ArgumentException("The certificate has no validity in UTCTime.", nameof(certificate));
        octets[at + 2 + UtcTime + 4] = (byte)'x';
        using var spoiled = X509CertificateLoader.LoadCertificate(octets);
        using var rsa = certificate.GetRSAPrivateKey();
        if (rsa is not null)
            return spoiled.CopyWithPrivateKey(rsa);
        using var ecdsa = certificate.GetECDsaPrivateKey() ?? throw new ArgumentException("The certificate has no private key.", nameof(certificate));
        return spoiled.CopyWithPrivateKey(ecdsa);
    }
}
