using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace DaneCheck.Keys;

/// <summary>Makes the TLSA records of what a file holds.</summary>
internal static class RecordMaking
{
    /// <summary>The records of one form: of the server's certificate or key, or of each issuer in the file.</summary>
    /// <returns>The records, each with what it speaks of; none where the file does not hold what the form needs.</returns>
    public static IReadOnlyList<(TlsaRecord Record, string Subject)> Make(KeyMaterial material, RecordForm form)
    {
        if (material.Certificates.Count == 0)
        {
            return form is { IsOfServer: true, Selector: TlsaSelector.PublicKey }
                ? [(TlsaRecordMaker.FromPublicKeyInfo(material.PublicKey, form.Usage, form.Matching), material.Name)]
                : [];
        }
        // A file with one certificate is that of whom it is asked for; behind a server's stand its issuers'.
        var meant = form.IsOfServer || material.Certificates.Count == 1 ? material.Certificates.Take(1) : material.Certificates.Skip(1);
        return [.. meant.Select(certificate => (TlsaRecordMaker.FromCertificate(certificate, form.Usage, form.Selector, form.Matching), certificate.Subject))];
    }

    /// <summary>A record as a line of a zone file.</summary>
    public static string Line(string owner, TlsaRecord record) => $"{owner}. IN TLSA {record}";
}
