using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Transports;

/// <summary>What is worth telling of a server's certificate after the handshake, without keeping the certificate.</summary>
/// <remarks>A verifier may take a certificate of which not everything can be read, such as DANE-EE(3), which looks at the key only (RFC 7671 §5.1). So this tells what it can.</remarks>
/// <param name="Subject">The subject's distinguished name, for people; names are matched elsewhere. Empty when it cannot be read.</param>
/// <param name="Issuer">The issuer's distinguished name; empty when it cannot be read.</param>
/// <param name="NotBefore">The begin of its validity, in UTC; null when it cannot be read.</param>
/// <param name="NotAfter">The end of its validity, in UTC; null when it cannot be read.</param>
/// <param name="Sha256">The SHA-256 of the whole certificate, lower-case hexadecimal (matching type 1 over selector 0 of a TLSA record).</param>
/// <param name="PublicKeySha256">The SHA-256 of the SubjectPublicKeyInfo as it stands in the certificate, lower-case hexadecimal (matching type 1 over selector 1); empty when it cannot be read.</param>
public sealed record TlsPeerCertificate(string Subject, string Issuer, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, string Sha256, string PublicKeySha256)
{
    /// <summary>Notes what a certificate says.</summary>
    /// <param name="certificate">The certificate; not kept.</param>
    /// <returns>The note.</returns>
    public static TlsPeerCertificate From(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var octets = certificate.RawDataMemory;
        return new TlsPeerCertificate(
            Read(() => certificate.Subject) ?? "", Read(() => certificate.Issuer) ?? "",
            Read<DateTimeOffset?>(() => certificate.NotBefore.ToUniversalTime()), Read<DateTimeOffset?>(() => certificate.NotAfter.ToUniversalTime()),
            Convert.ToHexStringLower(SHA256.HashData(octets.Span)), Read(() => Convert.ToHexStringLower(SHA256.HashData(PublicKeyInfo(octets).Span))) ?? "");
    }

    // RFC 5280 §4.1: what stands before it are an optional version, and then serialNumber, signature, issuer, validity and subject.
    private static ReadOnlyMemory<byte> PublicKeyInfo(ReadOnlyMemory<byte> certificate)
    {
        var body = new AsnReader(certificate, AsnEncodingRules.BER).ReadSequence().ReadSequence();
        if (body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
            body.ReadEncodedValue();
        for (var skipped = 0; skipped < 5; skipped++)
            body.ReadEncodedValue();
        return body.ReadEncodedValue();
    }

    private static T? Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException or ArgumentException)
        {
            return default;
        }
    }
}
