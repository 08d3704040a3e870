using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>Certificate policies along a path, any policy being good for us (RFC 5280 §6.1.3 to §6.1.5): a path fails where it must have a policy and has none.</summary>
/// <remarks>
/// Whether a policy is left is all that is asked, and nodes of one depth with the same policy have the same expectations. So each depth is kept as a set: a tree of them
/// can be made to grow with the power of its depth by whoever writes the certificates.
/// </remarks>
internal sealed class PathPolicies
{
    private const int RequireExplicitPolicy = 0;
    private const int InhibitPolicyMapping = 1;

    private static readonly DerObjectIdentifier AnyPolicy = new("2.5.29.32.0");

    private HashSet<DerObjectIdentifier>? _expected = [AnyPolicy];          // null: no policy is left, and none can come back
    private int _explicit;
    private int _mapping;
    private int _inhibitAny;

    private PathPolicies(int length) => _explicit = _mapping = _inhibitAny = length + 1;

    /// <summary>Null when the policies are good. The anchor's own are not looked at (RFC 5280 §6.1.1 (d)).</summary>
    public static PathFault? Check(CertificatePath path)
    {
        var count = path.Certificates.Count - (path.Anchor.Certificate is null ? 0 : 1);
        var policies = new PathPolicies(count);
        for (var i = count - 1; i >= 0; i--)
        {
            var certificate = path.Certificates[i];
            policies.Process(certificate, isLast: i == 0);
            if (policies._explicit == 0 && policies._expected is null || i > 0 && !policies.Prepare(certificate))
                return Fault(certificate);
        }
        return count == 0 || policies.IsGood(path.Certificates[0].Parsed) ? null : Fault(path.Certificates[0]);
    }

    // RFC 5280 §6.1.3 (d), (e)
    private void Process(PathCertificate certificate, bool isLast)
    {
        if (_expected is not { } before)
            return;
        var found = new HashSet<DerObjectIdentifier>();
        if (certificate.Parsed.GetExtensionParsedValue(X509Extensions.CertificatePolicies) is { } extension)
        {
            var named = Few(Asn1Sequence.GetInstance(extension)).Select(static one => PolicyInformation.GetInstance(one).PolicyIdentifier).ToHashSet();
            var isAny = named.Remove(AnyPolicy) && (_inhibitAny > 0 || !isLast && certificate.IsSelfIssued);
            found.UnionWith(before.Contains(AnyPolicy) ? named : named.Where(before.Contains));
            if (isAny)
                found.UnionWith(before);
        }
        _expected = found.Count > 0 ? found : null;
    }

    // RFC 5280 §6.1.4 (a), (b), (h) to (j); false when a mapping names any policy.
    private bool Prepare(PathCertificate certificate)
    {
        var parsed = certificate.Parsed;
        if (parsed.GetExtensionParsedValue(X509Extensions.PolicyMappings) is { } extension && !Map(Asn1Sequence.GetInstance(extension)))
            return false;
        if (!certificate.IsSelfIssued)
            (_explicit, _mapping, _inhibitAny) = (Less(_explicit), Less(_mapping), Less(_inhibitAny));
        (_explicit, _mapping) = (Least(_explicit, Constraint(parsed, RequireExplicitPolicy)), Least(_mapping, Constraint(parsed, InhibitPolicyMapping)));
        if (parsed.GetExtensionParsedValue(X509Extensions.InhibitAnyPolicy) is { } inhibit)
            _inhibitAny = Least(_inhibitAny, DerInteger.GetInstance(inhibit).Value);
        return true;
    }

    private bool Map(Asn1Sequence mappings)
    {
        var pairs = Few(mappings).Select(Asn1Sequence.GetInstance).Select(static one => (Issuer: DerObjectIdentifier.GetInstance(one[0]), Subject: DerObjectIdentifier.GetInstance(one[1]))).ToArray();
        if (Array.Exists(pairs, static pair => pair.Issuer.Equals(AnyPolicy) || pair.Subject.Equals(AnyPolicy)))
            return false;
        if (_expected is not { } valid)
            return true;
        var mapped = new HashSet<DerObjectIdentifier>(valid);
        mapped.ExceptWith(pairs.Select(static pair => pair.Issuer));
        if (_mapping > 0)
            mapped.UnionWith(pairs.Where(pair => valid.Contains(pair.Issuer) || valid.Contains(AnyPolicy)).Select(static pair => pair.Subject));
        _expected = mapped.Count > 0 ? mapped : null;
        return true;
    }

    // RFC 5280 §6.1.5 (a), (b), (g)
    private bool IsGood(BouncyCertificate last) =>
        _expected is not null || Less(_explicit) > 0 && Constraint(last, RequireExplicitPolicy) is not { SignValue: 0 };

    // RFC 5280 §4.2.1.11: both are optional, and tagged with their numbers.
    private static BigInteger? Constraint(BouncyCertificate certificate, int tag)
    {
        if (certificate.GetExtensionParsedValue(X509Extensions.PolicyConstraints) is not { } extension)
            return null;
        var found = Asn1Sequence.GetInstance(extension).Select(static one => Asn1TaggedObject.GetInstance(one)).FirstOrDefault(one => one.HasContextTag(tag));
        return found is null ? null : DerInteger.GetInstance(found, declaredExplicit: false).Value;
    }

    // Over the limit it is as if they could not be read, and then the path is no good.
    private static Asn1Sequence Few(Asn1Sequence policies) => policies.Count <= DaneLimits.Names ? policies : throw new InvalidDataException("There are too many policies.");

    private static int Less(int count) => Math.Max(count - 1, 0);

    private static int Least(int count, BigInteger? limit) =>
        limit is null || limit.CompareTo(BigInteger.ValueOf(count)) >= 0 ? count : limit.SignValue < 0 ? 0 : limit.IntValueExact;

    private static PathFault Fault(PathCertificate certificate) => new(PeerRejection.Untrusted, $"the path to {certificate} has no certificate policy, and must have one");
}
