using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>The name constraints of one issuer.</summary>
/// <param name="Permitted">The subtrees in one of which every name of their forms must be.</param>
/// <param name="Excluded">The subtrees in none of which a name may be.</param>
internal sealed record NameConstraints(IReadOnlyList<NameSubtree> Permitted, IReadOnlyList<NameSubtree> Excluded)
{
    private static readonly NameConstraints None = new([], []);

    /// <summary>What all comparisons of one name take of the budget.</summary>
    public long Cost { get; } = Permitted.Sum(static one => (long)one.Cost) + Excluded.Sum(static one => (long)one.Cost);

    /// <summary>Reads the extension; null when it is over <see cref="DaneLimits"/>. Throws what the library throws for what is none.</summary>
    public static NameConstraints? TryRead(BouncyCertificate issuer)
    {
        if (issuer.GetExtensionParsedValue(X509Extensions.NameConstraints) is not { } extension)
            return None;
        var read = Org.BouncyCastle.Asn1.X509.NameConstraints.GetInstance(extension);
        var (permitted, excluded) = (Elements(read.PermittedSubtreesValue), Elements(read.ExcludedSubtreesValue));
        if (permitted.Count + excluded.Count > DaneLimits.Names)
            return null;
        var (permittedTrees, excludedTrees) = (Read(permitted), Read(excluded));
        return permittedTrees is null || excludedTrees is null ? null : new(permittedTrees, excludedTrees);
    }

    /// <summary>True when the name may stand in a certificate below the issuer.</summary>
    public bool Allow(ConstrainedName name)
    {
        var (isConstrained, isPermitted) = (false, false);
        foreach (var subtree in Permitted)
        {
            if (subtree.Base.Form != name.Form)
                continue;
            isConstrained = true;
            if (isPermitted = subtree.Match(name) == SubtreeMatch.Inside)
                break;
        }
        return (isPermitted || !isConstrained) && Excluded.All(subtree => subtree.Base.Form != name.Form || subtree.Match(name) == SubtreeMatch.Outside);
    }

    private static Asn1Sequence Elements(GeneralSubtrees? subtrees) => subtrees is null ? DerSequence.Empty : Asn1Sequence.GetInstance(subtrees.ToAsn1Object());

    private static NameSubtree[]? Read(Asn1Sequence subtrees)
    {
        var read = new NameSubtree[subtrees.Count];
        for (var at = 0; at < read.Length; at++)
        {
            var subtree = Asn1Sequence.GetInstance(subtrees[at]);
            if (ConstrainedName.TryReadBase(GeneralName.GetInstance(subtree[0])) is not { } top)
                return null;
            read[at] = new(top, HasDistances: subtree.Count > 1);           // a minimum of zero is the default, which DER leaves out
        }
        return read;
    }
}
