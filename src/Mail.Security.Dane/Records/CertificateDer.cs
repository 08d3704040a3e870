using System.Formats.Asn1;

namespace Mail.Security.Dane;

/// <summary>Cuts certificates as they were sent, octet by octet and in place: what TLSA records are compared with must not be re-encoded.</summary>
internal static class CertificateDer
{
    // DER is what a certificate must be; servers with BER exist, and a comparison of octets need not care.
    private const AsnEncodingRules Rules = AsnEncodingRules.BER;

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>True when the octets are one SEQUENCE that has the shape of a certificate, and nothing after it.</summary>
    public static bool IsOneCertificate(ReadOnlySpan<byte> certificate) => TryGetPublicKeyInfo(certificate, out _);

    /// <summary>Gives the SubjectPublicKeyInfo as it stands in the certificate (RFC 5280 §4.1).</summary>
    public static bool TryGetPublicKeyInfo(ReadOnlySpan<byte> certificate, out ReadOnlySpan<byte> publicKeyInfo)
    {
        publicKeyInfo = default;
        try
        {
            AsnDecoder.ReadSequence(certificate, Rules, out var at, out var length, out var whole);
            if (whole != certificate.Length)
                return false;
            var body = certificate.Slice(at, length);
            AsnDecoder.ReadSequence(body, Rules, out at, out length, out _);
            body = body.Slice(at, length);
            if (Asn1Tag.TryDecode(body, out var first, out _) && first.HasSameClassAndValue(Version))
                body = Next(body, out _);
            for (var skipped = 0; skipped < 5; skipped++)            // serialNumber, signature, issuer, validity, subject
                body = Next(body, out _);
            Next(body, out publicKeyInfo);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Counts the extensions (RFC 5280 §4.1), and not on when there are many; none where there is no certificate.</summary>
    public static int CountExtensions(ReadOnlySpan<byte> certificate, int most)
    {
        if (!TryGetPublicKeyInfo(certificate, out var publicKeyInfo))
            return 0;
        try
        {
            // What follows the key inside the signed part: unique identifiers, and the extensions last.
            AsnDecoder.ReadSequence(certificate, Rules, out var at, out var length, out _);
            AsnDecoder.ReadSequence(certificate.Slice(at, length), Rules, out var bodyAt, out length, out _);
            var body = certificate.Slice(at + bodyAt, length);
            certificate.Overlaps(publicKeyInfo, out var keyAt);
            var rest = body[(keyAt + publicKeyInfo.Length - at - bodyAt)..];
            while (!rest.IsEmpty && !(Asn1Tag.TryDecode(rest, out var tag, out _) && tag.HasSameClassAndValue(Extensions)))
                rest = Next(rest, out _);
            if (rest.IsEmpty)
                return 0;
            AsnDecoder.ReadSequence(rest, Rules, out at, out length, out _, Extensions);
            rest = rest.Slice(at, length);
            AsnDecoder.ReadSequence(rest, Rules, out at, out length, out _);
            rest = rest.Slice(at, length);
            var count = 0;
            while (!rest.IsEmpty && count < most)
            {
                rest = Next(rest, out _);
                count++;
            }
            return count;
        }
        catch (AsnContentException)
        {
            return 0;
        }
    }

    /// <summary>Gives the part that is signed, as it stands in the certificate (RFC 5280 §4.1.1.1).</summary>
    public static bool TryGetSigned(ReadOnlySpan<byte> certificate, out ReadOnlySpan<byte> signed)
    {
        signed = default;
        try
        {
            AsnDecoder.ReadSequence(certificate, Rules, out var at, out var length, out var whole);
            if (whole != certificate.Length)
                return false;
            Next(certificate.Slice(at, length), out signed);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> value)
    {
        AsnDecoder.ReadEncodedValue(body, Rules, out _, out _, out var consumed);
        value = body[..consumed];
        return body[consumed..];
    }
}
