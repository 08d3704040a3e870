using System.Formats.Asn1;

namespace Mail.Security.Dane;

/// <summary>Cuts certificates as they were sent, octet by octet: what TLSA records are compared with must not be re-encoded.</summary>
internal static class CertificateDer
{
    // DER is what a certificate must be; servers with BER exist, and a comparison of octets need not care.
    private const AsnEncodingRules Rules = AsnEncodingRules.BER;

    /// <summary>True when the octets are one SEQUENCE that has the shape of a certificate, and nothing after it.</summary>
    public static bool IsOneCertificate(ReadOnlyMemory<byte> certificate) => TryGetPublicKeyInfo(certificate, out _);

    /// <summary>Gives the SubjectPublicKeyInfo as it stands in the certificate (RFC 5280 §4.1).</summary>
    public static bool TryGetPublicKeyInfo(ReadOnlyMemory<byte> certificate, out ReadOnlyMemory<byte> publicKeyInfo)
    {
        publicKeyInfo = default;
        try
        {
            var outer = new AsnReader(certificate, Rules);
            var body = outer.ReadSequence().ReadSequence();
            if (outer.HasData)
                return false;
            var version = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
            if (body.PeekTag().HasSameClassAndValue(version))
                body.ReadEncodedValue();
            for (var skipped = 0; skipped < 5; skipped++)            // serialNumber, signature, issuer, validity, subject
                body.ReadEncodedValue();
            publicKeyInfo = body.ReadEncodedValue();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
