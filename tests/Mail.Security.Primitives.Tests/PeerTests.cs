using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Tests;

public sealed class PeerTests
{
    [Fact]
    public void Leaf_NoCertificates_IsNull()
    {
        Assert.Null(default(PeerCertificates).Leaf);
        Assert.Empty(default(PeerCertificates).Presented);
        Assert.Null(new PeerCertificates([]).Leaf);
    }

    [Fact]
    public void Leaf_SomeCertificates_IsTheFirst()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Make("CN=leaf", key);
        using var issuer = Make("CN=issuer", key);
        var peer = new PeerCertificates([leaf, issuer]);
        Assert.Same(leaf, peer.Leaf);
        Assert.Equal([leaf, issuer], peer.Presented);
    }

    [Fact]
    public void Verdict_Cases_AreExactlyThree()
    {
        var cases = typeof(PeerVerdict).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PeerVerdict)));
        Assert.Equal(["Authenticated", "EncryptedOnly", "Rejected"], cases.Select(type => type.Name).Order());
        Assert.All(typeof(PeerVerdict).GetConstructors(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic),
            constructor => Assert.True(constructor.IsFamilyAndAssembly || constructor.IsFamily));
    }

    [Fact]
    public void Defaults_AreTheSafeAnswers()
    {
        Assert.Equal(TlsDemand.Default, default);
        Assert.Equal(PeerRejection.Unspecified, default);
    }

    private static X509Certificate2 Make(string subject, ECDsa key) =>
        new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
}
