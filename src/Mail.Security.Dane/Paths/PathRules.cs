using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>Judges a path whose signatures hold: issuers, dates, purposes, constraints, names.</summary>
/// <remarks>
/// The anchor's certificate is held to the same rules as the rest: RFC 7671 §5.2.1 asks for its constraints, which the
/// path algorithm of RFC 5280 §6 would leave out. The checks come in the order of <see cref="PathFault.IsNearerThan"/>.
/// </remarks>
/// <param name="now">The time to judge dates by, UTC.</param>
/// <param name="references">The names one of which the leaf must have.</param>
/// <param name="budget">What comparisons of names are taken from.</param>
internal sealed class PathRules(DateTime now, IReadOnlyList<DomainName> references, PathBudget budget)
{
    private const int KeyCertSign = 5;

    private MatchedName? _matched;

    /// <summary>Null when the path is good; <paramref name="name"/> is then the reference name that the leaf has.</summary>
    public PathFault? Check(CertificatePath path, out DomainName name)
    {
        var matched = default(DomainName);
        var fault = Untrusting.Try(() => new Outcome(CheckIssuers(path) ?? CheckDates(path) ?? PathPolicies.Check(path)
            ?? PathPurposes.Check(path) ?? CheckNames(path, out matched)));
        name = matched;
        return fault is null ? Untrusted("a certificate of the path cannot be read") : fault.Fault;
    }

    private static PathFault? CheckIssuers(CertificatePath path)
    {
        var below = 0;                                           // intermediates under the issuer looked at, self-issued ones apart
        for (var i = 0; i < path.Certificates.Count; i++)
        {
            var certificate = path.Certificates[i];
            if (CriticalExtensions.Fault(certificate.Parsed) is { } fault)
                return Untrusted($"{certificate} has {fault}");
            if (i == 0)
                continue;
            var isAnchor = i == path.Certificates.Count - 1 && path.Anchor.Certificate is not null;
            var room = isAnchor && IsAuthorityByName(certificate) ? int.MaxValue : Room(certificate);
            if (room < 0)
                return Untrusted($"{certificate} is no certificate authority");
            if (below > room)
                return Untrusted($"the path is longer than {certificate} allows");
            if (certificate.Parsed.GetKeyUsage() is { } usage && !usage.ElementAtOrDefault(KeyCertSign))
                return Untrusted($"{certificate} may not sign certificates");
            if (!certificate.IsSelfIssued)
                below++;
        }
        return null;
    }

    // How many may stand below it; negative for none that is an authority. RFC 5280 §4.2.1.9: a length is not negative, and none is no limit.
    private static int Room(PathCertificate certificate)
    {
        if (certificate.Parsed.GetExtensionParsedValue(X509Extensions.BasicConstraints) is not { } extension || BasicConstraints.GetInstance(extension) is not { } constraints || !constraints.IsCA())
            return -1;
        return constraints.PathLenConstraintInteger is not { Value: var length } ? int.MaxValue
            : length.SignValue < 0 ? -1 : length.BitLength > 31 ? int.MaxValue : length.IntValueExact;
    }

    // RFC 5280 §6.1.4 (k) asks it of those below. An anchor that says nothing of it, for it is of version 1 or names its purpose otherwise, is named an authority by who published it.
    private static bool IsAuthorityByName(PathCertificate anchor) => anchor.Parsed.Version < 3
        || anchor.Parsed.GetExtensionValue(X509Extensions.BasicConstraints) is null && anchor.Parsed.GetKeyUsage() is { } usage && usage.ElementAtOrDefault(KeyCertSign);

    private PathFault? CheckDates(CertificatePath path)
    {
        foreach (var certificate in path.Certificates)
        {
            if (now > certificate.Parsed.NotAfter)
                return new(PeerRejection.Expired, $"{certificate} expired at {certificate.Parsed.NotAfter:u}");
            if (now < certificate.Parsed.NotBefore)
                return new(PeerRejection.NotYetValid, $"{certificate} is valid from {certificate.Parsed.NotBefore:u} only");
        }
        return null;
    }

    private PathFault? CheckNames(CertificatePath path, out DomainName name)
    {
        var leaf = path.Certificates[0];
        // All paths have the same leaf.
        name = (_matched ??= new(ServerNames.Of(leaf.Parsed).FirstMatch(references))).Name;
        if (name.IsEmpty)
            return new(PeerRejection.NameMismatch, $"{leaf} has none of the names {ForeignText.Some(references.Select(static reference => reference.Ascii))}");
        return new NameConstraintsOnPath(budget).Check(path, name) is { } objection ? Untrusted(objection) : null;
    }

    private static PathFault Untrusted(string detail) => new(PeerRejection.Untrusted, detail);

    private sealed record Outcome(PathFault? Fault);

    private sealed record MatchedName(DomainName Name);
}
