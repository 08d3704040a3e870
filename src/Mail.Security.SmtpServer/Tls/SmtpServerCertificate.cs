using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.SmtpServer;

/// <summary>A certificate with its private key and its issuers, made ready for handshakes once. It never changes.</summary>
/// <remarks>It is not disposed: handshakes under way may hold it. What nothing holds any more is collected with its key.</remarks>
public sealed class SmtpServerCertificate
{
    private const string WildcardLabel = "*.";

    /// <summary>Takes a context the caller made.</summary>
    public SmtpServerCertificate(SslStreamCertificateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        (Names, WildcardParents) = ReadNames(context.TargetCertificate);
    }

    /// <summary>Takes a certificate with its private key, and sends <paramref name="intermediates"/> along. Nothing is downloaded.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public SmtpServerCertificate(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
        : this(CreateContext(certificate, intermediates))
    {
    }

    /// <summary>The names it is chosen for (SNI): its DNS names, or its common name when it has no alternative names at all.</summary>
    public IReadOnlyList<DomainName> Names { get; }

    /// <summary>The names of its wildcards without the "*.": each stands for every name with one label more.</summary>
    public IReadOnlyList<DomainName> WildcardParents { get; }

    /// <summary>What handshakes use.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The certificate itself.</summary>
    public X509Certificate2 Certificate => Context.TargetCertificate;

    private static SslStreamCertificateContext CreateContext(X509Certificate2 certificate, X509Certificate2Collection? intermediates)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
            throw new ArgumentException("The certificate has no private key.", nameof(certificate));
        return SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    private static (IReadOnlyList<DomainName> Names, IReadOnlyList<DomainName> Parents) ReadNames(X509Certificate2 certificate)
    {
        List<DomainName> names = [], parents = [];
        foreach (var text in NamesIn(certificate))
        {
            var wildcard = text.StartsWith(WildcardLabel, StringComparison.Ordinal);
            if (DomainName.TryParse(wildcard ? text[WildcardLabel.Length..] : text, out var name))
                (wildcard ? parents : names).Add(name);
        }
        return (names, parents);
    }

    // A name that cannot be read only keeps the certificate from being chosen by it.
    private static IEnumerable<string> NamesIn(X509Certificate2 certificate)
    {
        if (certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is not { } alternatives)
            return [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)];
        try
        {
            return [.. alternatives.EnumerateDnsNames()];
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return [];
        }
    }
}
