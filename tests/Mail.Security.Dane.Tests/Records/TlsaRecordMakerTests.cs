using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Dane.Tests.Records;

public sealed class TlsaRecordMakerTests
{
    public static TheoryData<TestKeyType> KeyTypes => [TestKeyType.EcdsaP256, TestKeyType.EcdsaP384, TestKeyType.Rsa2048];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    [Trait("rfc", "6698#2.1")]
    public void FromCertificate_EverySelectorAndMatching_HoldsWhatIsSelected(TestKeyType type)
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { KeyType = type });
        foreach (var usage in Enum.GetValues<TlsaUsage>())
        {
            foreach (var selector in Enum.GetValues<TlsaSelector>())
            {
                var content = selector == TlsaSelector.Certificate ? leaf.RawData : leaf.PublicKey.ExportSubjectPublicKeyInfo();
                Assert.Equal(new TlsaRecord(usage, selector, TlsaMatching.Full, content), TlsaRecordMaker.FromCertificate(leaf, usage, selector, TlsaMatching.Full));
                Assert.Equal(new TlsaRecord(usage, selector, TlsaMatching.Sha256, SHA256.HashData(content)), TlsaRecordMaker.FromCertificate(leaf, usage, selector));
                Assert.Equal(new TlsaRecord(usage, selector, TlsaMatching.Sha512, SHA512.HashData(content)), TlsaRecordMaker.FromCertificate(leaf, usage, selector, TlsaMatching.Sha512));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void FromPublicKey_BeforeAnyCertificate_EqualsTheRecordOfTheCertificate(TestKeyType type)
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { KeyType = type });
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)leaf.GetRSAPrivateKey() ?? leaf.GetECDsaPrivateKey()!;
        foreach (var matching in Enum.GetValues<TlsaMatching>())
        {
            var expected = TlsaRecordMaker.FromCertificate(leaf, matching: matching);
            Assert.Equal(expected, TlsaRecordMaker.FromPublicKey(key, matching: matching));
            Assert.Equal(expected, TlsaRecordMaker.FromPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), matching: matching));
        }
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void FromPem_CertificateOrKey_EqualsTheRecordOfTheCertificate(TestKeyType type)
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { KeyType = type });
        using var other = TestCertificateAuthority.CreateSelfSigned(new());
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)leaf.GetRSAPrivateKey() ?? leaf.GetECDsaPrivateKey()!;
        var own = key is ECDsa curve ? curve.ExportECPrivateKeyPem() : ((RSA)key).ExportRSAPrivateKeyPem();
        foreach (var pem in new[] { leaf.ToPem(other), other.ToPrivateKeyPem() + leaf.ToPem(), "a remark\n" + own, key.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem() + "\n" + other.ToPrivateKeyPem() })
        {
            foreach (var matching in Enum.GetValues<TlsaMatching>())
                Assert.Equal(TlsaRecordMaker.FromCertificate(leaf, matching: matching), TlsaRecordMaker.FromPem(pem, matching: matching));
        }
        Assert.Equal(TlsaRecordMaker.FromCertificate(leaf, TlsaUsage.DaneTa, TlsaSelector.Certificate), TlsaRecordMaker.FromPem(leaf.ToPem(other), TlsaUsage.DaneTa, TlsaSelector.Certificate));
    }

    [Fact]
    public void FromPem_WhatHoldsNothingToUse_Throws()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new());
        using var key = leaf.GetECDsaPrivateKey()!;
        Assert.Contains("only a key", Assert.Throws<ArgumentException>(() => TlsaRecordMaker.FromPem(key.ExportSubjectPublicKeyInfoPem(), selector: TlsaSelector.Certificate)).Message, StringComparison.Ordinal);
        Assert.Contains("encrypted", Assert.Throws<ArgumentException>(() => TlsaRecordMaker.FromPem(key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecordMaker.FromPem(leaf.ToPem(), selector: (TlsaSelector)2));
        foreach (var label in new[] { "CERTIFICATE", "PUBLIC KEY", "PRIVATE KEY", "EC PRIVATE KEY", "X" })
            Assert.Throws<ArgumentException>(() => TlsaRecordMaker.FromPem(PemEncoding.WriteString(label, [0x30, 1, 2])));
        Assert.Throws<ArgumentException>(() => TlsaRecordMaker.FromPem(""));
    }

    [Fact]
    [Trait("rfc", "7672#3.1")]
    public void FromCertificate_Defaults_AreTheRecommendedRecord()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new());
        Assert.StartsWith("3 1 1 ", TlsaRecordMaker.FromCertificate(leaf).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FromCertificate_RenewedWithTheSameKey_GivesTheSameRecord()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var old = Certify(key, "CN=old");
        using var renewed = Certify(key, "CN=new");
        Assert.NotEqual(old.RawData, renewed.RawData);
        Assert.Equal(TlsaRecordMaker.FromCertificate(old), TlsaRecordMaker.FromCertificate(renewed));
    }

    [Fact]
    public void Make_UnknownNumbersOrNothing_Throws()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new());
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecordMaker.FromCertificate(leaf, selector: (TlsaSelector)2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecordMaker.FromCertificate(leaf, matching: (TlsaMatching)3));
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecordMaker.FromPublicKeyInfo(leaf.PublicKey.ExportSubjectPublicKeyInfo(), matching: (TlsaMatching)3));
        Assert.Throws<ArgumentNullException>(() => TlsaRecordMaker.FromCertificate(null!));
        Assert.Throws<ArgumentNullException>(() => TlsaRecordMaker.FromPublicKey(null!));
    }

    [Theory]
    [InlineData("mx.example.com", 25, "_25._tcp.mx.example.com")]
    [InlineData("bücher.example", 465, "_465._tcp.xn--bcher-kva.example")]
    [InlineData("example", 0, "_0._tcp.example")]
    [Trait("rfc", "6698#3")]
    public void OwnerName_HostAndPort_ArePrefixed(string host, int port, string expected) =>
        Assert.Equal(expected, TlsaRecordMaker.OwnerName(DomainName.Parse(host), (ushort)port).Ascii);

    [Fact]
    public void OwnerName_AtTheLimit_FitsAndBeyondItThrows()
    {
        var fits = DomainName.Parse(new string('a', 52) + "." + string.Join('.', Enumerable.Repeat(new string('a', 47), 4)));
        Assert.Equal(253, TlsaRecordMaker.OwnerName(fits).Ascii.Length);
        Assert.Throws<ArgumentException>(() => TlsaRecordMaker.OwnerName(fits, 100));
        Assert.Throws<ArgumentException>(() => TlsaRecordMaker.OwnerName(default));
    }

    private static X509Certificate2 Certify(ECDsa key, string subject)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
    }
}
