using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Finds the trust anchors that DANE-TA(2) records name (RFC 7671 §5.2).</summary>
internal static class DaneAnchors
{
    public static PathAnchor[] From(TlsaRecord[] records, PathCertificate[] presented)
    {
        var anchors = new List<PathAnchor>();
        foreach (var record in records.Where(static record => record.Usage == TlsaUsage.DaneTa))
        {
            var matching = Array.FindAll(presented, certificate => TlsaMatch.Matches(record, certificate.Der.Span));
            anchors.AddRange(matching.Select(certificate => new PathAnchor(certificate, null, record)));
            if (matching.Length > 0 || record.Matching != TlsaMatching.Full)
                continue;                               // RFC 7671 §5.2.2: behind a digest the certificate must be presented
            if (record.Selector == TlsaSelector.Certificate && PathCertificate.TryRead(record.Data.ToArray(), out var published))
                anchors.Add(new(published, null, record));
            else if (record.Selector == TlsaSelector.PublicKey && PathKey.TryRead(record.Data) is { } key)
                anchors.Add(new(null, key, record));    // RFC 7671 §5.2.3: only where no presented certificate has the key
        }
        return [.. anchors];
    }
}
