using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace DaneCheck.Checking;

/// <summary>What is shown of a certificate.</summary>
internal sealed record CertificateReport
{
    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The DNS names of the subject alternative name extension.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The SHA-256 of the certificate: the data of records with selector 0 and matching type 1.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The SHA-256 of its public key: the data of records with selector 1 and matching type 1; empty when it cannot be read.</summary>
    public required string PublicKeySha256 { get; init; }

    public static CertificateReport Of(X509Certificate2 certificate) => new()
    {
        Subject = certificate.Subject,
        Issuer = certificate.Issuer,
        NotBefore = certificate.NotBefore.ToUniversalTime(),
        NotAfter = certificate.NotAfter.ToUniversalTime(),
        Names = NamesOf(certificate),
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)),
        PublicKeySha256 = KeyOf(certificate),
    };

    private static string[] NamesOf(X509Certificate2 certificate)
    {
        try
        {
            return [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names => names.EnumerateDnsNames())];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        try
        {
            return Convert.ToHexStringLower(TlsaRecordMaker.FromCertificate(certificate, TlsaUsage.DaneEe).Data.Span);
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
