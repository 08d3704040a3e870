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

    private readonly ProvenCertificate _parsed;

    private PathCertificate(byte[] der, ProvenCertificate parsed)
    {
        (Der, _parsed) = (der, parsed);
        (Subject, Issuer) = (parsed.SubjectDN, parsed.IssuerDN);
        _key = new(() => PathKey.TryRead(parsed.SubjectPublicKeyInfo));
    }

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The same as the handshake loaded it; null when it came another way. Not kept beyond the call that gave it.</summary>
    public X509Certificate2? Loaded { get; private init; }

    public BouncyCertificate Parsed => _parsed;

    public X509Name Subject { get; }

    public X509Name Issuer { get; }

    /// <summary>The key, when it may sign certificates; null otherwise.</summary>
    public AsymmetricKeyParameter? SigningKey => _key.Value;

    /// <summary>RFC 5280 §6.1: such certificates do not count against path lengths.</summary>
    public bool IsSelfIssued => Issuer.Equivalent(Subject);

    public static bool TryRead(byte[] der, [NotNullWhen(true)] out PathCertificate? certificate) =>
        (certificate = Untrusting.Try(() => new PathCertificate(der, new ProvenCertificate(der)))) is not null;

    /// <summary>Reads a certificate that the caller keeps as long as what is read here is used.</summary>
    public static bool TryRead(X509Certificate2 loaded, [NotNullWhen(true)] out PathCertificate? certificate) =>
        (certificate = Untrusting.Try(() => loaded.RawData is var der ? new PathCertificate(der, new ProvenCertificate(der)) { Loaded = loaded } : null)) is not null;

    /// <summary>Reads what a server sent, the leaf first; unreadable certificates, repetitions and those past a bound are left out.</summary>
    public static PathCertificate[] ReadPresented(PathCertificate leaf, IReadOnlyList<X509Certificate2> presented)
    {
        var read = new List<PathCertificate> { leaf };
        foreach (var one in presented.Skip(1).Take(MostPresented))
        {
            if (TryRead(one, out var certificate) && !read.Exists(certificate.IsSameAs))
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
    /// The library reads the certificate and would write it otherwise where it is not DER. Then a check proves nothing of what was read,
    /// and certificates are DER anyway (RFC 5280 §4.1).
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="issuer">The certificate the key is that of; null for a bare key.</param>
    public bool IsSignedBy(AsymmetricKeyParameter key, PathCertificate? issuer)
    {
        if (!Untrusting.Try(() => SignatureStrength.IsAcceptable(Parsed.SigAlgName) && Der.Span.SequenceEqual(Parsed.GetEncoded()) && IsRight(key, issuer?.Loaded)))
            return false;
        _parsed.ProvenBy(key);
        return true;
    }

    private bool IsRight(AsymmetricKeyParameter key, X509Certificate2? holder)
    {
        var algorithm = Parsed.CertificateStructure.SignatureAlgorithm;
        // RFC 5280 §4.1.1.2: the algorithm stands twice, and what is signed is the one inside.
        if (!algorithm.Equals(Parsed.CertificateStructure.TbsCertificate.Signature) || !CertificateDer.TryGetSigned(Der.Span, out var signed))
            return false;
        return PlatformSignature.Check(algorithm.Algorithm, key, holder, signed, Parsed.GetSignature()) switch
        {
            PlatformSignatureState.NotKnown => Parsed.IsSignatureValid(key),
            var state => state == PlatformSignatureState.Right,
        };
    }

    /// <summary>The subject for people, as <see cref="ForeignText"/> lets it be shown.</summary>
    public override string ToString() => Subject.ToString() is { Length: > 0 } name ? ForeignText.OneLine(name) : "(no subject)";
}
