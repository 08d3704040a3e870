using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Mail.Security.Dane.Tests.Paths;

public sealed class StrengthTests
{
    [Theory]
    [InlineData("SHA-224withRSA", true)]
    [InlineData("SHA-256withRSA", true)]
    [InlineData("SHA256WITHRSA", true)]
    [InlineData("SHA-384withECDSA", true)]
    [InlineData("SHA-512withRSAandMGF1", true)]
    [InlineData("SHA3-256withECDSA", true)]
    [InlineData("Ed25519", true)]
    [InlineData("Ed448", true)]
    [InlineData("SHA-1withRSA", false)]
    [InlineData("SHA1withRSAandMGF1", false)]
    [InlineData("SHA-1withECDSA", false)]
    [InlineData("MD5withRSA", false)]
    [InlineData("MD2withRSA", false)]
    [InlineData("RIPEMD128withRSA", false)]
    [InlineData("RIPEMD256withRSA", false)]                                   // as strong as its 128-bit sibling
    [InlineData("GOST3411-2012-256WITHECGOST3410-2012-256", false)]
    [InlineData("1.2.256.384", false)]
    [InlineData("", false)]
    public void IsAcceptable_Signature_Sha2Sha3AndEdDsaOnly(string name, bool acceptable) => Assert.Equal(acceptable, SignatureStrength.IsAcceptable(name));

    [Theory]
    [InlineData("secp112r1", false)]
    [InlineData("secp160r1", false)]
    [InlineData("prime192v1", false)]
    [InlineData("sect163r2", false)]
    [InlineData("secp224r1", true)]
    [InlineData("prime256v1", true)]
    [InlineData("secp384r1", true)]
    [InlineData("secp521r1", true)]
    [InlineData("brainpoolP256r1", true)]
    [InlineData("sect233r1", false)]
    [InlineData("sect571r1", false)]
    public void TryRead_EllipticCurve_ByItsSize(string curve, bool acceptable)
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(ECNamedCurveTable.GetOid(curve), new SecureRandom()));
        var info = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
        Assert.Equal(acceptable, PathKey.Read(info, out _) == KeyFitness.Fit);
    }

    [Theory]
    [InlineData("sect163r2", KeyFitness.Unfit)]                               // weak for everybody
    [InlineData("sect283r1", KeyFitness.OverLimit)]                           // not looked at here, so no reason to be content with less
    [InlineData("sect571k1", KeyFitness.OverLimit)]
    internal void Read_CurveOverABinaryField_IsNotLookedAt(string curve, KeyFitness fitness)
    {
        var info = new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey, ECNamedCurveTable.GetOid(curve)), new byte[8]).GetDerEncoded();
        Assert.Equal(fitness, PathKey.Read(info, out var key));
        Assert.Null(key);
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(2047, false)]
    [InlineData(2048, true)]
    [InlineData(4096, true)]
    [InlineData(8193, false)]
    [InlineData(16384, false)]
    public void TryRead_RsaModulus_Bounded(int bits, bool acceptable) => Assert.Equal(acceptable, PathKey.Read(RsaInfo(bits, 17), out _) == KeyFitness.Fit);

    [Theory]
    [InlineData(17, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(2048, false)]
    public void TryRead_RsaExponent_Bounded(int bits, bool acceptable) => Assert.Equal(acceptable, PathKey.Read(RsaInfo(2048, bits), out _) == KeyFitness.Fit);

    [Fact]
    public void TryRead_ExplicitCurveParameters_AreRefused()
    {
        var named = ECNamedCurveTable.GetByName("prime256v1");
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(new ECDomainParameters(named), new SecureRandom()));
        var info = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
        Assert.Equal(KeyFitness.Unfit, PathKey.Read(info, out _));
    }

    [Fact]
    public void TryRead_EdwardsKeys_AreRead()
    {
        var random = new SecureRandom();
        Assert.Equal(KeyFitness.Fit, PathKey.Read(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(new Ed25519PrivateKeyParameters(random).GeneratePublicKey()).GetDerEncoded(), out _));
        Assert.Equal(KeyFitness.Fit, PathKey.Read(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(new Ed448PrivateKeyParameters(random).GeneratePublicKey()).GetDerEncoded(), out _));
    }

    private static byte[] RsaInfo(int modulusBits, int exponentBits) =>
        new SubjectPublicKeyInfo(new AlgorithmIdentifier(PkcsObjectIdentifiers.RsaEncryption, DerNull.Instance), new RsaPublicKeyStructure(Odd(modulusBits / 2).Multiply(Odd(modulusBits - modulusBits / 2)), Odd(exponentBits)))
            .GetDerEncoded();

    // Of the size wanted and without small factors, which the library looks for; the rest of what makes a key does not matter here. A
    // modulus is the product of two, since the library refuses a prime one; with the two highest bits set it has the bits of both.
    private static BigInteger Odd(int bits)
    {
        var small = Enumerable.Range(3, 1000).Aggregate(BigInteger.One, static (product, factor) => product.Multiply(BigInteger.ValueOf(factor | 1)));
        while (true)
        {
            var value = new BigInteger(bits, new SecureRandom()).SetBit(bits - 1).SetBit(bits - 2).SetBit(0);
            if (value.Gcd(small).Equals(BigInteger.One))
                return value;
        }
    }
}
