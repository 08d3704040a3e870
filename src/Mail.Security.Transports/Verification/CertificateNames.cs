using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Transports;

/// <summary>Compares the DNS names of a certificate with a host name (RFC 6125 §6.4).</summary>
internal static class CertificateNames
{
    /// <summary>The name of the certificate that is the host's; null when there is none.</summary>
    /// <remarks>Only subjectAltName counts. A common name never does: it was meant for people, and no authority checks it as a host name.</remarks>
    public static string? Match(X509Certificate2 certificate, DomainName host)
    {
        try
        {
            return certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames())
                .FirstOrDefault(name => Matches(name, host.Ascii));
        }
        catch (CryptographicException)
        {
            return null;            // an extension that cannot be read names nobody
        }
    }

    // RFC 6125 §6.4.3: a wildcard is the whole left-most label and stands for exactly one label.
    internal static bool Matches(string pattern, string host)
    {
        if (host.Length == 0)
            return false;
        if (!pattern.StartsWith("*.", StringComparison.Ordinal))
            return string.Equals(pattern, host, StringComparison.OrdinalIgnoreCase);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && pattern.IndexOf('*', 1) < 0 && host.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }
}
