using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Where a path may end: at a certificate, or below a bare key. <paramref name="Record"/> is the TLSA record that says so.</summary>
internal sealed record PathAnchor(PathCertificate? Certificate, PathKey? Key, TlsaRecord? Record);

/// <summary>A path of signatures, the leaf first. With an anchor certificate that one is the last; it may be the leaf itself.</summary>
internal sealed record CertificatePath(IReadOnlyList<PathCertificate> Certificates, PathAnchor Anchor);

/// <summary>Finds every path from the leaf to an anchor, whatever the order in which the server sent its certificates.</summary>
/// <remarks>
/// Issuers are found by name and proven by signature; identifiers of keys are hints a stranger wrote and are not used.
/// Work is bounded: a server can send certificates that all name each other.
/// </remarks>
/// <param name="presented">The leaf first, then the rest in any order.</param>
/// <param name="anchors">Where paths may end.</param>
/// <param name="budget">What signatures are taken from: each step needs one, so that it bounds the steps, too.</param>
internal sealed class PathSearch(PathCertificate[] presented, PathAnchor[] anchors, PathBudget budget)
{
    private readonly PathCertificate[] _issuers =
        [.. presented.Skip(1).Concat(anchors.Select(static anchor => anchor.Certificate).OfType<PathCertificate>()).Distinct()];
    private readonly List<PathCertificate> _path = [presented[0]];

    /// <summary>The paths, shorter ones before the longer ones that continue them.</summary>
    public IEnumerable<CertificatePath> Find()
    {
        var top = _path[^1];
        foreach (var anchor in anchors)
        {
            if (anchor.Certificate is { } certificate ? certificate.IsSameAs(top) : top.IsSignedBy(anchor.Key!, null, budget))
                yield return new([.. _path], anchor);
        }
        if (_path.Count == DaneLimits.PathLength)
            yield break;
        foreach (var issuer in _issuers)
        {
            if (_path.Exists(issuer.IsSameAs) || !top.NamesIssuer(issuer) || issuer.SigningKey is not { } key || !top.IsSignedBy(key, issuer, budget))
                continue;
            _path.Add(issuer);
            foreach (var path in Find())
                yield return path;
            _path.RemoveAt(_path.Count - 1);
        }
    }
}
