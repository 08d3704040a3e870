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
}
