using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

internal enum TestCertificateRole : byte
{
    EndEntity = 0,
    Authority,
}

/// <summary>Turns a <see cref="TestCertificateSpec"/> into a signed certificate.</summary>
internal static class TestCertificateBuilder
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static X509Certificate2 Build(
        TestCertificateSpec spec, TestCertificateRole role, TestSigningKey subjectKey, X509Certificate2? issuer, TestSigningKey issuerKey,
        TimeProvider time, X500DistinguishedName? subject = null)
    {
        subject ??= Subject(spec);
        var request = new CertificateRequest(subject, subjectKey.PublicKey, issuerKey.Hash);
        foreach (var extension in Extensions(spec, role, request.PublicKey, issuer))
            request.CertificateExtensions.Add(extension);

        var now = time.GetUtcNow();
        var notBefore = spec.NotBefore ?? Earlier(now.AddDays(-1), spec.NotAfter?.AddDays(-1));
        var notAfter = spec.NotAfter ?? Later(now.AddDays(role == TestCertificateRole.Authority ? 3650 : 90), spec.NotBefore?.AddDays(1));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);                      // positive, and no leading zero octet
        // The overload that takes a name: the other refuses an issuer that expires first, which is a case tests want.
        return request.Create(issuer?.SubjectName ?? subject, issuerKey.Signer, notBefore, notAfter, serial);
    }

    private static X500DistinguishedName Subject(TestCertificateSpec spec)
    {
        var builder = new X500DistinguishedNameBuilder();
        if (!string.IsNullOrEmpty(spec.CommonName))
            builder.AddCommonName(spec.CommonName);
        return builder.Build();
    }

    private static IEnumerable<X509Extension> Extensions(TestCertificateSpec spec, TestCertificateRole role, PublicKey key, X509Certificate2? issuer)
    {
        var isLeaf = role == TestCertificateRole.EndEntity;
        var mark = spec.BasicConstraints != TestBasicConstraints.AsRole ? spec.BasicConstraints
            : isLeaf ? TestBasicConstraints.Absent : TestBasicConstraints.Authority;
        if (mark == TestBasicConstraints.Authority)
            yield return new X509BasicConstraintsExtension(true, spec.PathLength is not null, spec.PathLength ?? 0, critical: true);
        else if (mark == TestBasicConstraints.NotAuthority)
            yield return new X509BasicConstraintsExtension(false, false, 0, critical: true);

        var usage = spec.KeyUsage ?? (isLeaf ? X509KeyUsageFlags.DigitalSignature : X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        if (usage != X509KeyUsageFlags.None)
            yield return new X509KeyUsageExtension(usage, critical: true);

        var purposes = spec.ExtendedKeyUsages ?? (isLeaf ? [ServerAuthentication] : []);
        if (purposes.Count > 0)
            yield return new X509EnhancedKeyUsageExtension([.. purposes.Select(static oid => new Oid(oid))], critical: false);

        if (spec.DnsNames.Count > 0)
            yield return new X509Extension("2.5.29.17", GeneralNames(spec.DnsNames), critical: false);
        if (spec.PermittedDnsNames.Count + spec.ExcludedDnsNames.Count > 0)
            yield return new X509Extension("2.5.29.30", NameConstraints(spec), critical: true);

        var identifier = new X509SubjectKeyIdentifierExtension(key, critical: false);
        yield return identifier;
        yield return issuer is null ? X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier)
            : X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false);

        foreach (var extension in spec.Extensions)
            yield return extension;
    }

    // Written by hand: the framework's builder maps and checks names, and tests want faulty ones too.
    private static byte[] GeneralNames(IReadOnlyList<string> names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in names)
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
        }
        return writer.Encode();
    }

    // RFC 5280 §4.2.1.10
    private static byte[] NameConstraints(TestCertificateSpec spec)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteSubtrees(writer, 0, spec.PermittedDnsNames);
            WriteSubtrees(writer, 1, spec.ExcludedDnsNames);
        }
        return writer.Encode();
    }

    private static void WriteSubtrees(AsnWriter writer, int tag, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        {
            foreach (var name in names)
            {
                using (writer.PushSequence())
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset usual, DateTimeOffset? bound) => bound < usual ? bound.Value : usual;

    private static DateTimeOffset Later(DateTimeOffset usual, DateTimeOffset? bound) => bound > usual ? bound.Value : usual;
}
