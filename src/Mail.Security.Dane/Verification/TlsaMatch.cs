using System.Security.Cryptography;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Compares usable records with certificates (RFC 6698 §2.1).</summary>
internal static class TlsaMatch
{
    /// <summary>True when the record speaks of this certificate; false as well when the certificate cannot be read.</summary>
    public static bool Matches(TlsaRecord record, ReadOnlyMemory<byte> certificate)
    {
        var content = certificate;
        if (record.Selector == TlsaSelector.PublicKey && !CertificateDer.TryGetPublicKeyInfo(certificate, out content))
            return false;
        return record.Matching switch
        {
            TlsaMatching.Full => record.Data.Span.SequenceEqual(content.Span),
            TlsaMatching.Sha256 => record.Data.Span.SequenceEqual(SHA256.HashData(content.Span)),
            TlsaMatching.Sha512 => record.Data.Span.SequenceEqual(SHA512.HashData(content.Span)),
            _ => false,
        };
    }

    /// <summary>The record for people: at most eight octets of its data.</summary>
    public static string Abbreviate(TlsaRecord record)
    {
        const int Shown = 8;
        var data = record.Data.Length <= Shown ? record.Data : record.Data[..Shown];
        return $"{record with { Data = data }}{(record.Data.Length > Shown ? "…" : "")}";
    }
}
