using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>The name constraints of all issuers of a path, the anchor's certificate included, from the top down (RFC 5280 §4.2.1.10).</summary>
/// <remarks>Each issuer's are asked for themselves: what several permit is what each permits, and their intersection need not be computed.</remarks>
internal sealed class NameConstraintsOnPath(PathBudget budget)
{
    private readonly List<NameConstraints> _above = [];

    /// <summary>What of the path is not allowed, or is too much to look at; null when its leaf may stand for the name.</summary>
    public string? Check(CertificatePath path, DomainName name)
    {
        for (var i = path.Certificates.Count - 1; i >= 0; i--)
        {
            var certificate = path.Certificates[i];
            // RFC 5280 §6.1.3 (b): self-issued certificates are let pass, but for the last one of the path.
            if ((i == 0 || !certificate.IsSelfIssued) && CheckNames(certificate) is { } objection)
                return objection;
            if (i == 0)
                break;
            if (certificate.Constraints is not { } constraints)
                return $"{certificate} has more name constraints than are looked at";
            if (constraints.Cost > 0)
                _above.Add(constraints);
        }
        // A wildcard or a common name can match what a constraint forbids, though the certificate's own text does not.
        return Allow([ConstrainedName.OfHost(GeneralName.DnsName, name.Ascii)]) switch
        {
            true => null,
            false => $"the name constraints above {path.Certificates[0]} do not allow {name}",
            null => "the certificates have more names and constraints than are compared",
        };
    }

    private string? CheckNames(PathCertificate certificate)
    {
        if (_above.Count == 0)
            return null;
        if (certificate.Names is not { } names)
            return $"{certificate} has more names than are looked at";
        return Allow(names) switch
        {
            true => null,
            false => $"a name of {certificate} is outside the name constraints above it",
            null => "the certificates have more names and constraints than are compared",
        };
    }

    /// <summary>Null when the comparisons are more than are left.</summary>
    private bool? Allow(IReadOnlyList<ConstrainedName> names)
    {
        foreach (var constraints in _above)
        {
            if (!budget.TryCompare(constraints.Cost * names.Count))
                return null;
            if (!names.All(constraints.Allow))
                return false;
        }
        return true;
    }
}
