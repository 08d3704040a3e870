using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Paths;

/// <summary>Extensions as nobody should write them.</summary>
public sealed class CriticalExtensionTests
{
    private static readonly Asn1Encodable Unreadable = new DerOctetString([1, 2, 3]);
    private readonly AsymmetricCipherKeyPair _root = KeyPair();

    public static TheoryData<string, string> Unknowable => new(
        from oid in new[]
        {
            X509Extensions.IssuerAlternativeName, X509Extensions.NameConstraints, X509Extensions.CertificatePolicies,
            X509Extensions.PolicyMappings, X509Extensions.PolicyConstraints, X509Extensions.InhibitAnyPolicy, X509Extensions.ExtendedKeyUsage, new DerObjectIdentifier("1.2.3.4"),
        }
        from holder in new[] { "root", "leaf" }
        select (oid.Id, holder));

    [Theory, Trait("rfc", "5280#4.2")]
    [MemberData(nameof(Unknowable))]
    public void Verify_CriticalExtensionThatCannotBeRead_IsRefused(string oid, string holder)
    {
        (DerObjectIdentifier, bool, Asn1Encodable) odd = (new(oid), true, Unreadable);
        using var root = Root(holder == "root" ? [odd] : []);
        using var leaf = Leaf(holder == "leaf" ? [odd] : []);
        Assert.Equal("Untrusted", Of(Record(root, 2, 0, 1), leaf, root));
    }

    [Theory, Trait("rfc", "5280#4.2.1.9")]
    [InlineData("0", "dane-ta")]
    [InlineData("2147483647", "dane-ta")]
    [InlineData("4294967296", "dane-ta")]
    [InlineData("340282366920938463463374607431768211456", "dane-ta")]
    [InlineData("-1", "Untrusted")]
    [InlineData("-128", "Untrusted")]
    public void Verify_PathLengthOfAnySize_HoldsAsItIs(string length, string verdict)
    {
        using var root = Issue(_root.Public, "CN=root", (X509Extensions.BasicConstraints, true, new DerSequence(DerBoolean.True, new DerInteger(new BigInteger(length)))));
        using var leaf = Leaf();
        Assert.Equal(verdict, Of(Record(root, 2, 0, 1), leaf, root));
    }

    private X509Certificate2 Root(params (DerObjectIdentifier, bool, Asn1Encodable)[] extensions) =>
        Issue(_root.Public, "CN=root", [(X509Extensions.BasicConstraints, true, new BasicConstraints(true)), .. extensions]);

    private X509Certificate2 Leaf(params (DerObjectIdentifier, bool, Asn1Encodable)[] extensions) =>
        Issue(KeyPair().Public, "CN=leaf", [(X509Extensions.SubjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.DnsName, Host.Ascii))), .. extensions]);

    private static AsymmetricCipherKeyPair KeyPair()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(ECNamedCurveTable.GetOid("prime256v1"), new SecureRandom()));
        return generator.GenerateKeyPair();
    }

    private X509Certificate2 Issue(AsymmetricKeyParameter key, string subject, params (DerObjectIdentifier Oid, bool IsCritical, Asn1Encodable Value)[] extensions)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigInteger.One);
        generator.SetIssuerDN(new X509Name("CN=root"));
        generator.SetSubjectDN(new X509Name(subject));
        generator.SetNotBefore(Now.UtcDateTime.AddDays(-1));
        generator.SetNotAfter(Now.UtcDateTime.AddDays(1));
        generator.SetPublicKey(key);
        foreach (var (oid, isCritical, value) in extensions)
            generator.AddExtension(oid, isCritical, value);
        return X509CertificateLoader.LoadCertificate(generator.Generate(new Asn1SignatureFactory("SHA256WITHECDSA", _root.Private)).GetEncoded());
    }
}
