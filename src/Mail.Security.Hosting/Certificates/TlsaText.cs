using Mail.Security.Dane;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>The TLSA data of a certificate in words that can be put into a zone: rollovers are where DANE breaks (RFC 7671 §8.1).</summary>
internal static class TlsaText
{
    /// <summary>The key of the certificate: 3 1 1 (RFC 7672 §3.1.1).</summary>
    public static string OfKey(SmtpServerCertificate certificate) => TlsaRecordMaker.FromCertificate(certificate.Certificate).ToString();

    /// <summary>The keys of the issuers that are sent along: 2 1 1 (RFC 7672 §3.1.2).</summary>
    public static IEnumerable<string> OfIssuers(SmtpServerCertificate certificate) =>
        certificate.Context.IntermediateCertificates.Select(static issuer => TlsaRecordMaker.FromCertificate(issuer, Dnssec.TlsaUsage.DaneTa).ToString());

    /// <summary>Both, as "3 1 1 …, 2 1 1 …".</summary>
    public static string Of(SmtpServerCertificate certificate) => string.Join(", ", [OfKey(certificate), .. OfIssuers(certificate)]);

    /// <summary>The records of the key for port 25 of every name: "_25._tcp.mx.example. IN TLSA 3 1 1 …".</summary>
    public static string ToPublish(SmtpServerCertificate certificate)
    {
        var data = OfKey(certificate);
        return certificate.Names.Count == 0 ? $"_25._tcp.<name of this host>. IN TLSA {data}"
            : string.Join("; ", certificate.Names.Select(name => $"_25._tcp.{name.Ascii}. IN TLSA {data}"));
    }

    /// <summary>How the certificate is called in the log.</summary>
    public static string Names(SmtpServerCertificate certificate) =>
        string.Join(", ", [.. certificate.Names.Select(static name => name.Ascii), .. certificate.WildcardParents.Select(static parent => $"*.{parent.Ascii}")]);
}
