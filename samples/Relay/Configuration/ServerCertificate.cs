using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;

namespace Relay.Configuration;

/// <summary>The certificate the relay shows to its clients.</summary>
/// <param name="Leaf">The certificate with its private key.</param>
/// <param name="Issuers">Those sent along.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Issuers, CertificateOrigin Origin)
{
    /// <summary>Reads a certificate, those of its issuers, and its key.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate, or no key for it.</exception>
    public static ServerCertificate Load(string file, string keyFile)
    {
        using var bare = X509Certificate2.CreateFromPemFile(file, keyFile.Length > 0 ? keyFile : file);
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPemFile(file);
        issuers.RemoveAt(0);
        return new(Usable(bare), issuers, CertificateOrigin.File);
    }

    /// <summary>Makes a self-signed certificate that lives as long as the process: encryption against who only listens, and proof of nothing.</summary>
    public static ServerCertificate SelfSigned(DomainName hostName, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName.Ascii}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName.Ascii);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = time.GetUtcNow();
        using var bare = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(2));
        return new(Usable(bare), [], CertificateOrigin.SelfSigned);
    }

    // Through PKCS #12, so that the key is one that TLS takes on every platform.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
}

/// <summary>Where a certificate comes from.</summary>
internal enum CertificateOrigin : byte
{
    SelfSigned,
    File,
}
