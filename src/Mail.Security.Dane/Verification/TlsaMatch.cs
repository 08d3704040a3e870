using System.Security.Cryptography;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Compares usable records with certificates (RFC 6698 §2.1).</summary>
internal static class TlsaMatch
{
    /// <summary>True when the record speaks of this certificate; false as well when the certificate cannot be read.</summary>
    public static bool Matches(TlsaRecord record, ReadOnlySpan<byte> certificate) => IndexOf([record], certificate) == 0;

    /// <summary>The first of the records that speaks of this certificate, or -1. Allocates nothing; records of one kind in a row cost one digest.</summary>
    public static int IndexOf(ReadOnlySpan<TlsaRecord> records, ReadOnlySpan<byte> certificate)
    {
        Span<byte> space = stackalloc byte[SHA512.HashSizeInBytes];
        scoped ReadOnlySpan<byte> compared = default;
        for (var at = 0; at < records.Length; at++)
        {
            var record = records[at];
            if (at == 0 || record.Selector != records[at - 1].Selector || record.Matching != records[at - 1].Matching)
            {
                var content = certificate;
                if (record.Selector == TlsaSelector.PublicKey && !CertificateDer.TryGetPublicKeyInfo(certificate, out content))
                    compared = default;                 // no usable record is empty
                else
                    compared = record.Matching == TlsaMatching.Full ? content : space[..Hash(record.Matching, content, space)];
            }
            if (!compared.IsEmpty && record.Data.Span.SequenceEqual(compared))
                return at;
        }
        return -1;
    }

    /// <summary>The record for people: at most eight octets of its data.</summary>
    public static string Abbreviate(TlsaRecord record)
    {
        const int Shown = 8;
        var data = record.Data.Length <= Shown ? record.Data : record.Data[..Shown];
        return $"{record with { Data = data }}{(record.Data.Length > Shown ? "…" : "")}";
    }

    private static int Hash(TlsaMatching matching, ReadOnlySpan<byte> content, Span<byte> digest) => matching switch
    {
        TlsaMatching.Sha256 => SHA256.HashData(content, digest),
        TlsaMatching.Sha512 => SHA512.HashData(content, digest),
        _ => 0,
    };
}
