using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;
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
}
