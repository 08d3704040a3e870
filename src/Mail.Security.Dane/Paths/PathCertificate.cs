using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>One certificate as the path code sees it.</summary>
internal sealed class PathCertificate
{
    private const int MostPresented = 16;
    private readonly Lazy<AsymmetricKeyParameter?> _key;

    private PathCertificate(byte[] der, BouncyCertificate parsed)
    {
        (Der, Parsed) = (der, parsed);
        (Subject, Issuer) = (parsed.SubjectDN, parsed.IssuerDN);
        _key = new(() => PathKey.TryRead(parsed.SubjectPublicKeyInfo));
    }

    public ReadOnlyMemory<byte> Der { get; }

    public BouncyCertificate Parsed { get; }

    public X509Name Subject { get; }

    public X509Name Issuer { get; }

    /// <summary>The key, when it may sign certificates; null otherwise.</summary>
    public AsymmetricKeyParameter? SigningKey => _key.Value;

    /// <summary>RFC 5280 §6.1: such certificates do not count against path lengths.</summary>
    public bool IsSelfIssued => Issuer.Equivalent(Subject);

    public static bool TryRead(byte[] der, [NotNullWhen(true)] out PathCertificate? certificate) =>
        (certificate = Untrusting.Try(() => new PathCertificate(der, new BouncyCertificate(der)))) is not null;

    /// <summary>Reads what a server sent, the leaf first; unreadable certificates, repetitions and those past a bound are left out.</summary>
    public static PathCertificate[] ReadPresented(PathCertificate leaf, IReadOnlyList<X509Certificate2> presented)
    {
        var read = new List<PathCertificate> { leaf };
        foreach (var one in presented.Skip(1).Take(MostPresented))
        {
            if (TryRead(one.RawData, out var certificate) && !read.Exists(certificate.IsSameAs))
                read.Add(certificate);
        }
        return [.. read];
    }

    /// <summary>Reads trusted roots; unreadable ones are left out.</summary>
    public static PathCertificate[] ReadAll(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.Select(static one => TryRead(one.RawData, out var certificate) ? certificate : null).OfType<PathCertificate>()];

    public bool IsSameAs(PathCertificate other) => Der.Span.SequenceEqual(other.Der.Span);

    /// <summary>True when the certificate names the issuer; whether that one signed it is another question.</summary>
    public bool NamesIssuer(PathCertificate issuer) => Issuer.Equivalent(issuer.Subject);

    /// <summary>True when the key made the signature over the octets as they were sent, by an algorithm that still means something.</summary>
    /// <remarks>
    /// The library checks signatures over its own DER encoding. Where that differs from what was sent the check proves
    /// nothing about the octets, and certificates are DER anyway (RFC 5280 §4.1).
    /// </remarks>
    public bool IsSignedBy(AsymmetricKeyParameter key) =>
        Untrusting.Try(() => SignatureStrength.IsAcceptable(Parsed.SigAlgName) && Der.Span.SequenceEqual(Parsed.GetEncoded()) && Parsed.IsSignatureValid(key));

    /// <summary>The subject for people, as <see cref="ForeignText"/> lets it be shown.</summary>
    public override string ToString() => Subject.ToString() is { Length: > 0 } name ? ForeignText.OneLine(name) : "(no subject)";
}
