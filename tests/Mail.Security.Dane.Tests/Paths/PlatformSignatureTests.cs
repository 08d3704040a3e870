using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Paths;

/// <summary>Signatures are checked by the platform or the library, by the issuer's certificate, its numbers or a bare key: the verdict is the same.</summary>
[Trait("rfc", "5280#4.1.1.3")]
public sealed class PlatformSignatureTests
{
    [Theory]
    [InlineData(TestKeyType.EcdsaP256)]
    [InlineData(TestKeyType.EcdsaP384)]
    [InlineData(TestKeyType.Rsa2048)]
    public void Verify_SignatureByEachKindOfKey_HoldsUntilItIsChanged(TestKeyType type)
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { KeyType = type }, Clock);
        using var good = root.Issue("mx.example.com");
        var octets = good.RawData;
        octets[^3] ^= 1;                                    // in the signature, which stands last
        using var changed = X509CertificateLoader.LoadCertificate(octets);

        Assert.All(new[] { (good, "dane-ta"), (changed, "NoTlsaMatch") }, leaf =>
        {
            Assert.Equal(leaf.Item2, Of(Record(root.Certificate, 2, 0, 1), leaf.Item1, root.Certificate));
            Assert.Equal(leaf.Item2, Of(Record(root.Certificate, 2, 0, 0), leaf.Item1));
            Assert.Equal(leaf.Item2, Of(Record(root.Certificate, 2, 1, 0), leaf.Item1));
        });
    }

    [Theory]
    [InlineData("SHA256WITHRSAANDMGF1", "RSA")]                    // by the platform
    [InlineData("SHA512WITHRSAANDMGF1", "RSA")]
    [InlineData("SHA224WITHRSAANDMGF1", "RSA")]                    // by the library
    [InlineData("SHA224WITHRSA", "RSA")]
    [InlineData("SHA3-256WITHRSA", "RSA")]
    [InlineData("SHA3-384WITHECDSA", "prime256v1")]
    [InlineData("SHA256WITHECDSA", "brainpoolP256r1")]
    [InlineData("SHA224WITHECDSA", "secp224r1")]
    [InlineData("Ed25519", "Ed25519")]
    [InlineData("Ed448", "Ed448")]
    public void Verify_SignatureOfEachAlgorithm_HoldsUntilItIsChanged(string algorithm, string kind)
    {
        var pair = KeyPair(kind);
        using var root = Issue(algorithm, pair, pair.Public, "CN=root", BasicConstraints(true));
        using var good = Issue(algorithm, pair, pair.Public, "CN=leaf", Alternative(Host.Ascii));
        var octets = good.RawData;
        octets[^3] ^= 1;
        using var changed = X509CertificateLoader.LoadCertificate(octets);

        Assert.Equal("dane-ta", Of(Record(root, 2, 0, 1), good, root));
        Assert.Equal("dane-ta", Of(Record(root, 2, 0, 0), good));
        Assert.Equal("dane-ta", Of(Record(root, 2, 1, 0), good));
        Assert.Equal("NoTlsaMatch", Of(Record(root, 2, 0, 1), changed, root));
    }

    [Theory, Trait("rfc", "7671#5.2.2")]
    [InlineData(32, "SHA-256", true)]           // by the platform
    [InlineData(222, "SHA-256", true)]          // as OpenSSL makes it if not told otherwise: as long as the key allows
    [InlineData(20, "SHA-256", true)]
    [InlineData(0, "SHA-256", true)]
    [InlineData(32, "SHA-1", true)]             // the mask's digest need not be that of the content
    [InlineData(32, "SHA-512", true)]
    [InlineData(222, "SHA-256", false)]
    [InlineData(32, "SHA-512", false)]
    public void Verify_PssOfAnyParameters_HoldsByThoseThatStandThere(int salt, string mask, bool isTold)
    {
        var pair = KeyPair("RSA");
        var maker = new PssMaker(pair.Private, salt, mask, isTold);
        using var root = Issue(maker, pair.Public, "CN=root", BasicConstraints(true));
        using var leaf = Issue(maker, pair.Public, "CN=leaf", Alternative(Host.Ascii));

        Assert.Equal(isTold ? "dane-ta" : "NoTlsaMatch", Of(Record(root, 2, 0, 1), leaf, root));
        if (isTold)
            Assert.Equal("dane-ta", Of(Record(root, 2, 1, 0), leaf));
    }

    /// <summary>Signs by RSASSA-PSS with SHA-256 and a salt and a mask of one's choice, and tells of them, or of the usual ones.</summary>
    private sealed class PssMaker(AsymmetricKeyParameter key, int salt, string mask, bool isTold) : ISignatureFactory
    {
        private static readonly AlgorithmIdentifier Sha256 = new(NistObjectIdentifiers.IdSha256, DerNull.Instance);

        public object AlgorithmDetails => new AlgorithmIdentifier(PkcsObjectIdentifiers.IdRsassaPss, new RsassaPssParameters(Sha256,
            new AlgorithmIdentifier(PkcsObjectIdentifiers.IdMgf1, isTold ? new AlgorithmIdentifier(DigestUtilities.GetObjectIdentifier(mask), DerNull.Instance) : Sha256),
            DerInteger.ValueOf(isTold ? salt : 32), RsassaPssParameters.DefaultTrailerField));

        public IStreamCalculator<IBlockResult> CreateCalculator()
        {
            var signer = new PssSigner(new RsaBlindedEngine(), DigestUtilities.GetDigest("SHA-256"), DigestUtilities.GetDigest(mask), salt);
            signer.Init(forSigning: true, key);
            return new DefaultSignatureCalculator(signer);
        }
    }

    [Fact]
    public void Verify_OtherAlgorithmOutsideThanInside_IsNoSignature()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue("mx.example.com");
        // The last arc of ecdsa-with-SHA256 (2), where it stands the second time, becomes that of ecdsa-with-SHA384 (3).
        byte[] algorithm = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
        var octets = leaf.RawData;
        octets[octets.AsSpan().LastIndexOf(algorithm) + algorithm.Length - 1] = 3;
        using var changed = X509CertificateLoader.LoadCertificate(octets);

        Assert.Equal("NoTlsaMatch", Of(Record(root.Certificate, 2, 0, 1), changed, root.Certificate));
    }

    private static AsymmetricCipherKeyPair KeyPair(string kind)
    {
        var random = new SecureRandom();
        IAsymmetricCipherKeyPairGenerator generator = kind switch
        {
            "Ed25519" => new Ed25519KeyPairGenerator(),
            "Ed448" => new Ed448KeyPairGenerator(),
            _ => new ECKeyPairGenerator(),
        };
        if (kind == "RSA")
        {
            using var rsa = RSA.Create(2048);
            return DotNetUtilities.GetRsaKeyPair(rsa);
        }
        generator.Init(kind.StartsWith("Ed", StringComparison.Ordinal) ? new KeyGenerationParameters(random, 256) : new ECKeyGenerationParameters(ECNamedCurveTable.GetOid(kind), random));
        return generator.GenerateKeyPair();
    }

    private static X509Certificate2 Issue(string algorithm, AsymmetricCipherKeyPair issuer, AsymmetricKeyParameter key, string subject, (DerObjectIdentifier Oid, Asn1Encodable Value) extension) =>
        Issue(new Asn1SignatureFactory(algorithm, issuer.Private), key, subject, extension);

    private static X509Certificate2 Issue(ISignatureFactory issuer, AsymmetricKeyParameter key, string subject, (DerObjectIdentifier Oid, Asn1Encodable Value) extension)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigInteger.One);
        generator.SetIssuerDN(new X509Name("CN=root"));
        generator.SetSubjectDN(new X509Name(subject));
        generator.SetNotBefore(Now.UtcDateTime.AddDays(-1));
        generator.SetNotAfter(Now.UtcDateTime.AddDays(1));
        generator.SetPublicKey(key);
        generator.AddExtension(extension.Oid, critical: false, extension.Value);
        return X509CertificateLoader.LoadCertificate(generator.Generate(issuer).GetEncoded());
    }

    private static (DerObjectIdentifier, Asn1Encodable) BasicConstraints(bool isAuthority) => (X509Extensions.BasicConstraints, new BasicConstraints(isAuthority));

    private static (DerObjectIdentifier, Asn1Encodable) Alternative(string name) => (X509Extensions.SubjectAlternativeName, new GeneralNames(new GeneralName(GeneralName.DnsName, name)));
}
