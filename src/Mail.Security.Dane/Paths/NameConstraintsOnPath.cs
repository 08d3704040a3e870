using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Pkix;

namespace Mail.Security.Dane;

/// <summary>The name constraints of all issuers of a path, the anchor's certificate included, collected from the top down (RFC 5280 §4.2.1.10).</summary>
internal sealed class NameConstraintsOnPath
{
    private readonly PkixNameConstraintValidator _collected = new();

    private NameConstraintsOnPath()
    {
    }

    /// <summary>What a certificate of the path has that a constraint above it forbids; null when nothing is.</summary>
    public string? Objection { get; private set; }

    public static NameConstraintsOnPath Read(CertificatePath path)
    {
        var constraints = new NameConstraintsOnPath();
        for (var i = path.Certificates.Count - 1; i >= 0; i--)
        {
            var certificate = path.Certificates[i];
            // RFC 5280 §6.1.3 (b): self-issued certificates are let pass, but for the last one of the path.
            if ((i == 0 || !certificate.IsSelfIssued) && !constraints.AllowNamesOf(certificate))
                constraints.Objection ??= $"a name of {certificate} is outside the name constraints above it";
            if (i > 0)
                constraints.Add(certificate);
        }
        return constraints;
    }

    /// <summary>True when the constraints above the leaf let it stand for the name.</summary>
    public bool Allow(DomainName name) => Allow(new GeneralName(GeneralName.DnsName, name.Ascii));

    private bool AllowNamesOf(PathCertificate certificate)
    {
        var alternatives = certificate.Parsed.GetSubjectAlternativeNameExtension()?.GetNames() ?? [];
        return AllowSubject(certificate.Subject) && Array.TrueForAll(alternatives, Allow);
    }

    private bool AllowSubject(X509Name subject)
    {
        var sequence = Asn1Sequence.GetInstance(subject.ToAsn1Object());
        return sequence.Count == 0 || Allowed(() =>
        {
            _collected.CheckPermittedDN(sequence);
            _collected.CheckExcludedDN(sequence);
        });
    }

    private bool Allow(GeneralName name) => Allowed(() =>
    {
        _collected.CheckPermittedName(name);
        _collected.CheckExcludedName(name);
    });

    private void Add(PathCertificate issuer)
    {
        if (issuer.Parsed.GetExtensionParsedValue(X509Extensions.NameConstraints) is not { } extension)
            return;
        var constraints = NameConstraints.GetInstance(extension);
        if (constraints.PermittedSubtreesValue is { } permitted)
            _collected.IntersectPermittedSubtree(Asn1Sequence.GetInstance(permitted.ToAsn1Object()));
        foreach (var excluded in constraints.ExcludedSubtreesValue?.GetElements() ?? [])
            _collected.AddExcludedSubtree(excluded);
    }

    private static bool Allowed(Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (PkixNameConstraintValidatorException)
        {
            return false;
        }
    }
}
