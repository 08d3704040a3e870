using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Hosting;
using Mail.Security.SmtpServer;

namespace Relay.Configuration;

/// <summary>The certificates the relay shows to its clients.</summary>
/// <param name="Files">Where they are on disk, the default first; empty for one that was made.</param>
/// <param name="Made">The one that was made.</param>
internal sealed record ServerCertificate(IReadOnlyList<CertificateFile> Files, SmtpServerCertificate? Made)
{
    public CertificateOrigin Origin => Made is null ? CertificateOrigin.File : CertificateOrigin.SelfSigned;

    /// <summary>Sees whether a certificate and its key can be used.</summary>
    /// <exception cref="FormatException">They cannot.</exception>
    public static CertificateFile Checked(string file, string? keyFile, TimeProvider time)
    {
        var certificate = new CertificateFile(file, keyFile);
        return certificate.Read(time) is CertificateReading.Unusable unusable ? throw new FormatException(unusable.Detail) : certificate;
    }

    /// <summary>Reads "certificate.pem" or "certificate.pem=key.pem".</summary>
    public static CertificateFile Parse(string text, TimeProvider time) =>
        text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? Checked(text[..at].Trim(), text[(at + 1)..].Trim(), time) : Checked(text, null, time);

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
        return new([], new SmtpServerCertificate(Usable(bare)));
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
