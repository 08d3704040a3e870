using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Finds the trust anchors that DANE-TA(2) records name (RFC 7671 §5.2).</summary>
internal static class DaneAnchors
{
    /// <summary>One anchor for each certificate that a record speaks of, and then those that were published and not sent.</summary>
    public static PathAnchor[] From(TlsaRecord[] records, IEnumerable<PathAnchor> published, PathCertificate[] presented)
    {
        var anchors = new List<PathAnchor>();
        foreach (var certificate in presented)
        {
            if (TlsaMatch.IndexOf(records, certificate.Der.Span) is >= 0 and var at)
                anchors.Add(new(certificate, null, records[at]));
        }
        // RFC 7671 §5.2.2: behind a digest the certificate must be presented. RFC 7671 §5.2.3: a bare key counts only where no presented certificate has it.
        anchors.AddRange(published.Where(anchor => !Array.Exists(presented, certificate => TlsaMatch.Matches(anchor.Record!, certificate.Der.Span))));
        return [.. anchors];
    }
}
