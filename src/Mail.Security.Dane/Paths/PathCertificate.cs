using System.Security.Cryptography.X509Certificates;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>One certificate as the path code sees it. What is not needed of it is not read.</summary>
internal sealed class PathCertificate
{
    private readonly DistinguishedName _subject;
    private readonly DistinguishedName _issuer;
    private readonly Lazy<PathKey?> _key;
    private readonly Lazy<bool> _isSignable;
    private readonly Lazy<IReadOnlyList<ConstrainedName>?> _names;
    private readonly Lazy<NameConstraints?> _constraints;

    private PathCertificate(ReadOnlyMemory<byte> der, BouncyCertificate parsed, DistinguishedName subject, DistinguishedName issuer)
    {
        (Der, Parsed, _subject, _issuer) = (der, parsed, subject, issuer);
        _key = new(() => PathKey.TryRead(parsed.SubjectPublicKeyInfo));
        _isSignable = new(IsWrittenAsRead);
        _names = new(ReadNames);
        _constraints = new(() => NameConstraints.TryRead(parsed));
    }

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The same as the handshake loaded it; null when it came another way. Not kept beyond the call that gave it.</summary>
    public X509Certificate2? Loaded { get; private init; }

    public BouncyCertificate Parsed { get; }

    /// <summary>The key, when it may sign certificates; null otherwise.</summary>
    public PathKey? SigningKey => _key.Value;

    /// <summary>The names that constraints hold for; null when they are over <see cref="DaneLimits"/>.</summary>
    public IReadOnlyList<ConstrainedName>? Names => _names.Value;

    /// <summary>What it demands of the names below it; null when that is over <see cref="DaneLimits"/>.</summary>
    public NameConstraints? Constraints => _constraints.Value;

    /// <summary>RFC 5280 §6.1: such certificates do not count against path lengths.</summary>
    public bool IsSelfIssued => _issuer.IsSameAs(_subject);

    /// <summary>Reads a certificate; null when it is none.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="loaded">The same, which the caller keeps as long as what is read here is used; null for none.</param>
    public static PathCertificate? TryRead(ReadOnlyMemory<byte> der, X509Certificate2? loaded = null) =>
        der.Length > DaneLimits.CertificateOctets || CertificateDer.CountExtensions(der.Span, DaneLimits.Extensions + 1) > DaneLimits.Extensions ? null : Untrusting.Try(() =>
        {
            var parsed = new BouncyCertificate(der.ToArray());
            return DistinguishedName.TryRead(parsed.SubjectDN) is { } subject && DistinguishedName.TryRead(parsed.IssuerDN) is { } issuer
                ? new PathCertificate(der, parsed, subject, issuer) { Loaded = loaded } : null;
        });

    /// <summary>Reads a certificate that a record has in full, and that the platform reads, and judges its key. That the library does not read it is our own limit, and says nothing of the key.</summary>
    public static KeyFitness ReadAnchor(ReadOnlyMemory<byte> der, out PathCertificate? certificate)
    {
        certificate = TryRead(der);
        if (certificate is null)
            return KeyFitness.OverLimit;
        var fitness = PathKey.Read(certificate.Parsed.SubjectPublicKeyInfo, out _);
        certificate = fitness == KeyFitness.Fit ? certificate : null;
        return fitness;
    }

    /// <summary>Reads what a server sent, the leaf first; unreadable certificates, repetitions and those past a limit are left out.</summary>
    public static PathCertificate[] ReadPresented(PathCertificate leaf, IReadOnlyList<X509Certificate2> presented)
    {
        var read = new List<PathCertificate> { leaf };
        var octets = leaf.Der.Length;
        foreach (var one in presented.Skip(1).Take(DaneLimits.Certificates))
        {
            octets += one.RawDataMemory.Length;
            if (octets > DaneLimits.CertificateOctets)
                break;
            if (TryRead(one.RawDataMemory, one) is { } certificate && !read.Exists(certificate.IsSameAs))
                read.Add(certificate);
        }
        return [.. read];
    }

    /// <summary>Reads trusted roots; unreadable ones are left out.</summary>
    public static PathCertificate[] ReadAll(IEnumerable<X509Certificate2> certificates) => [.. certificates.Select(static one => TryRead(one.RawData)).OfType<PathCertificate>()];

    public bool IsSameAs(PathCertificate other) => Der.Span.SequenceEqual(other.Der.Span);

    /// <summary>True when the certificate names the issuer; whether that one signed it is another question.</summary>
    public bool NamesIssuer(PathCertificate issuer) => _issuer.IsSameAs(issuer._subject);

    /// <summary>True when the key made the signature over the octets as they were sent, by an algorithm that still means something.</summary>
    /// <param name="key">The key.</param>
    /// <param name="issuer">The certificate the key is that of; null for a bare key.</param>
    /// <param name="budget">What the check is taken from.</param>
    public bool IsSignedBy(PathKey key, PathCertificate? issuer, PathBudget budget) => _isSignable.Value && key.CanMake(Parsed.SigAlgName) && Untrusting.Try(() =>
    {
        var algorithm = Parsed.SignatureAlgorithm;
        var isKnown = PlatformSignature.Knows(algorithm, key);
        if (!isKnown && !key.IsForLibrary || !budget.TrySign(isKnown ? 1 : key.LibraryCost) || !CertificateDer.TryGetSigned(Der.Span, out var signed))
            return false;
        return isKnown ? PlatformSignature.Check(algorithm, key, issuer?.Loaded, signed, Parsed.GetSignature()) == PlatformSignatureState.Right
            : key.Library is { } library && (PssSignature.IsOf(algorithm) ? PssSignature.Check(algorithm, library, signed, Parsed.GetSignature()) : Parsed.IsSignatureValid(library));
    });

    /// <summary>The subject for people, as <see cref="ForeignText"/> lets it be shown.</summary>
    public override string ToString() => _subject.Shown.ToString() is { Length: > 0 } name ? ForeignText.OneLine(name) : "(no subject)";

    // The library reads the certificate and would write it otherwise where it is not DER. Then a check proves nothing of what was read, and certificates are DER
    // anyway (RFC 5280 §4.1). The algorithm stands twice, and what is signed is the one inside (RFC 5280 §4.1.1.2).
    private bool IsWrittenAsRead() => Untrusting.Try(() => SignatureStrength.IsAcceptable(Parsed.SigAlgName) && Der.Span.SequenceEqual(Parsed.GetEncoded())
        && Parsed.SignatureAlgorithm.Equals(Parsed.TbsCertificate.Signature));

    private ConstrainedName[]? ReadNames()
    {
        var alternatives = Parsed.GetSubjectAlternativeNameExtension()?.GetNames() ?? [];
        if (alternatives.Length > DaneLimits.Names)
            return null;
        var names = new List<ConstrainedName>();
        if (_subject.Parts.Count > 0)
            names.Add(ConstrainedName.Of(_subject));
        names.AddRange(_subject.Mailboxes.Select(ConstrainedName.OfMailbox));
        foreach (var alternative in alternatives)
        {
            if (ConstrainedName.TryRead(alternative) is not { } name)
                return null;
            names.Add(name);
        }
        return [.. names];
    }
}
