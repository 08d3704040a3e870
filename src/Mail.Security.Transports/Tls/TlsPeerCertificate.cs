using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Transports;

/// <summary>What is worth telling of a server's certificate after the handshake, without keeping the certificate.</summary>
/// <param name="Subject">The subject's distinguished name, for people; names are matched elsewhere.</param>
/// <param name="Issuer">The issuer's distinguished name.</param>
/// <param name="NotBefore">The begin of its validity, in UTC.</param>
/// <param name="NotAfter">The end of its validity, in UTC.</param>
/// <param name="Sha256">The SHA-256 of the whole certificate, lower-case hexadecimal (matching type 1 over selector 0 of a TLSA record).</param>
/// <param name="PublicKeySha256">The SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal (matching type 1 over selector 1).</param>
public sealed record TlsPeerCertificate(string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Sha256, string PublicKeySha256)
{
    /// <summary>Notes what a certificate says.</summary>
    /// <param name="certificate">The certificate; not kept.</param>
    /// <returns>The note.</returns>
    public static TlsPeerCertificate From(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new TlsPeerCertificate(
            certificate.Subject, certificate.Issuer,
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)),
            Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
    }
}
