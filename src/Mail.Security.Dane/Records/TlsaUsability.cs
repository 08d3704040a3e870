using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Tells which TLSA records can be used at all, whatever the server presents (RFC 6698 §4.1).</summary>
public static class TlsaUsability
{
    /// <summary>Judges one record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="profile">Which usages are honoured.</param>
    /// <returns><see cref="TlsaUnusability.None"/>, or why the record cannot be used; when there are several reasons, the one named first in the enumeration.</returns>
    public static TlsaUnusability Judge(TlsaRecord record, DaneUsageProfile profile = DaneUsageProfile.Smtp)
    {
        ArgumentNullException.ThrowIfNull(record);
        return JudgeAll([record], profile)[0].Reason;
    }

    /// <summary>Judges the records of one server, in their order. What is over a limit is not read.</summary>
    internal static JudgedRecord[] JudgeAll(IEnumerable<TlsaRecord> records, DaneUsageProfile profile)
    {
        var (usable, inFull) = (0, 0);
        return [.. records.Select(record =>
        {
            var reason = JudgeForm(record, profile);
            if (reason != TlsaUnusability.None)
                return new JudgedRecord(record, reason, null);
            if (++usable > DaneLimits.Records)
                return new JudgedRecord(record, TlsaUnusability.OverLimit, null);
            if (record.Matching != TlsaMatching.Full)
                return new JudgedRecord(record, TlsaUnusability.None, null);
            return ++inFull > DaneLimits.RecordsInFull || record.Data.Length > DaneLimits.OctetsInFull ? new JudgedRecord(record, TlsaUnusability.OverLimit, null) : JudgeContent(record);
        })];
    }

    private static TlsaUnusability JudgeForm(TlsaRecord record, DaneUsageProfile profile)
    {
        if (record.Usage > TlsaUsage.DaneEe)
            return TlsaUnusability.UnknownUsage;
        // RFC 7672 §3.1.3: a client may treat these as any other usage it does not support.
        if (profile != DaneUsageProfile.Generic && record.Usage is TlsaUsage.PkixTa or TlsaUsage.PkixEe)
            return TlsaUnusability.PkixUsage;
        if (record.Selector > TlsaSelector.PublicKey)
            return TlsaUnusability.UnknownSelector;
        return record.Matching switch
        {
            TlsaMatching.Full => TlsaUnusability.None,
            TlsaMatching.Sha256 => record.Data.Length == SHA256.HashSizeInBytes ? TlsaUnusability.None : TlsaUnusability.WrongDigestLength,
            TlsaMatching.Sha512 => record.Data.Length == SHA512.HashSizeInBytes ? TlsaUnusability.None : TlsaUnusability.WrongDigestLength,
            _ => TlsaUnusability.UnknownMatching,
        };
    }

    // RFC 6698 §4.1: data that relies on an algorithm too weak for the client's policy is unusable. Without this a weak
    // anchor would be a policy that no server can meet. Behind a digest it cannot be told.
    private static JudgedRecord JudgeContent(TlsaRecord record)
    {
        if (!IsReadable(record))
            return new(record, TlsaUnusability.UnreadableData, null);
        if (record.Usage != TlsaUsage.DaneTa)
            return new(record, TlsaUnusability.None, null);
        var (certificate, key) = (default(PathCertificate), default(PathKey));
        var fitness = record.Selector == TlsaSelector.PublicKey ? PathKey.Read(record.Data, out key) : PathCertificate.ReadAnchor(record.Data, out certificate);
        return fitness == KeyFitness.Fit ? new(record, TlsaUnusability.None, new PathAnchor(certificate, key, record))
            : new(record, fitness == KeyFitness.OverLimit ? TlsaUnusability.OverLimit : TlsaUnusability.UnfitKey, null);
    }

    private static bool IsReadable(TlsaRecord record)
    {
        try
        {
            if (record.Selector == TlsaSelector.PublicKey)
            {
                PublicKey.CreateFromSubjectPublicKeyInfo(record.Data.Span, out var read);
                return read == record.Data.Length;
            }
            if (!CertificateDer.IsOneCertificate(record.Data.Span))      // the loader would take PEM, too
                return false;
            using var certificate = X509CertificateLoader.LoadCertificate(record.Data.Span);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
