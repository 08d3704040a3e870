using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Transports;

namespace DaneCheck.Checking;

/// <summary>What is shown of a certificate.</summary>
internal sealed record CertificateReport
{
    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    /// <summary>Null when it cannot be read, which DANE-EE(3) does not mind.</summary>
    public required DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null when it cannot be read.</summary>
    public required DateTimeOffset? NotAfter { get; init; }

    /// <summary>The DNS names of the subject alternative name extension.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The SHA-256 of the certificate: the data of records with selector 0 and matching type 1.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The SHA-256 of its public key: the data of records with selector 1 and matching type 1; empty when it cannot be read.</summary>
    public required string PublicKeySha256 { get; init; }

    public static CertificateReport Of(X509Certificate2 certificate)
    {
        var note = TlsPeerCertificate.From(certificate);
        return new CertificateReport
        {
            Subject = note.Subject,
            Issuer = note.Issuer,
            NotBefore = note.NotBefore,
            NotAfter = note.NotAfter,
            Names = NamesOf(certificate),
            Sha256 = note.Sha256,
            PublicKeySha256 = note.PublicKeySha256,
        };
    }

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
}
