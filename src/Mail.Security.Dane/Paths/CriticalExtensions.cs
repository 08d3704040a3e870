using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>Extensions that a certificate calls critical: each must be known, and readable, also where a path asks nothing of it (RFC 5280 §4.2).</summary>
internal static class CriticalExtensions
{
    private static readonly Dictionary<string, Func<Asn1Object, object?>> Readers = new(StringComparer.Ordinal)
    {
        [X509Extensions.BasicConstraints.Id] = BasicConstraints.GetInstance,
        [X509Extensions.KeyUsage.Id] = KeyUsage.GetInstance,
        [X509Extensions.ExtendedKeyUsage.Id] = ExtendedKeyUsage.GetInstance,
        [X509Extensions.SubjectAlternativeName.Id] = GeneralNames.GetInstance,
        [X509Extensions.IssuerAlternativeName.Id] = GeneralNames.GetInstance,
        [X509Extensions.NameConstraints.Id] = NameConstraintsOf,
        [X509Extensions.CertificatePolicies.Id] = CertificatePolicies.GetInstance,
        [X509Extensions.PolicyMappings.Id] = Asn1Sequence.GetInstance,
        [X509Extensions.PolicyConstraints.Id] = Asn1Sequence.GetInstance,
        [X509Extensions.InhibitAnyPolicy.Id] = DerInteger.GetInstance,
    };

    /// <summary>What is wrong, for people; null for nothing.</summary>
    public static string? Fault(BouncyCertificate certificate)
    {
        foreach (var name in certificate.GetCriticalExtensionOids() ?? new HashSet<string>())
        {
            if (!Readers.TryGetValue(name, out var read))
                return $"the unknown critical extension {ForeignText.OneLine(name)}";
            if (Untrusting.Try(() => read(certificate.GetExtensionParsedValue(new DerObjectIdentifier(name)))) is null)
                return $"a critical extension {name} that cannot be read";
        }
        return null;
    }

    private static Org.BouncyCastle.Asn1.X509.NameConstraints NameConstraintsOf(Asn1Object value) => Org.BouncyCastle.Asn1.X509.NameConstraints.GetInstance(value);
}
