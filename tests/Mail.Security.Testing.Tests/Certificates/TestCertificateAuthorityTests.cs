using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing.Tests.Certificates;

public sealed class TestCertificateAuthorityTests
{
    [Theory]
    [InlineData(TestKeyType.EcdsaP256)]
    [InlineData(TestKeyType.EcdsaP384)]
    [InlineData(TestKeyType.Rsa2048)]
    public void Issue_ThroughIntermediate_BuildsAValidChain(TestKeyType type)
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { KeyType = type });
        using var middle = root.CreateIntermediate(new() { KeyType = type });
        using var leaf = middle.Issue(new TestCertificateSpec { DnsNames = ["mx.example.com"], KeyType = type });
        Assert.Equal([], Statuses(leaf, root, middle.Certificate));
        Assert.True(leaf.MatchesHostname("mx.example.com"));
        Assert.True(leaf.HasPrivateKey);
        Assert.False(root.Certificate.HasPrivateKey);
        Assert.Equal([middle.Certificate, root.Certificate], middle.Chain);
    }

    [Theory]
    [InlineData(TestKeyType.Rsa1024Weak, "1.2.840.113549.1.1.11", 1024)]
    [InlineData(TestKeyType.Rsa2048Sha1Weak, "1.2.840.113549.1.1.5", 2048)]
    public void Issue_WeakKey_SignsAsItsNameSays(TestKeyType type, string algorithm, int bits)
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { KeyType = type });
        using var leaf = root.Issue("mx.example.com");
        using var key = root.Certificate.GetRSAPublicKey()!;
        Assert.Equal((algorithm, algorithm, bits), (root.Certificate.SignatureAlgorithm.Value, leaf.SignatureAlgorithm.Value, key.KeySize));
        var issuer = new Org.BouncyCastle.X509.X509Certificate(root.Certificate.RawData).GetPublicKey();
        Assert.True(new Org.BouncyCastle.X509.X509Certificate(leaf.RawData).IsSignatureValid(issuer));
    }

    [Fact]
    public void Issue_Expired_ChainSaysNotTimeValid()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue(new TestCertificateSpec { DnsNames = ["mx.example.com"], NotAfter = TimeProvider.System.GetUtcNow().AddDays(-2) });
        Assert.True(leaf.NotBefore < leaf.NotAfter);
        Assert.Contains(X509ChainStatusFlags.NotTimeValid, Statuses(leaf, root));
    }

    [Fact]
    public void Issue_NotYetValid_EndsAfterItBegins()
    {
        var begin = TimeProvider.System.GetUtcNow().AddYears(1);
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue(new TestCertificateSpec { NotBefore = begin });
        Assert.True(leaf.NotBefore < leaf.NotAfter);
        Assert.Contains(X509ChainStatusFlags.NotTimeValid, Statuses(leaf, root));
    }

    [Fact]
    public void Issue_NameOutsideConstraints_ChainSaysSo()
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { PermittedDnsNames = ["example.com"] });
        using var good = root.Issue("mx.example.com");
        using var bad = root.Issue("mx.example.net");
        Assert.Equal([], Statuses(good, root));
        Assert.NotEmpty(Statuses(bad, root));
    }

    [Fact]
    public void Issue_PathLengthExceeded_ChainSaysSo()
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { PathLength = 0 });
        using var middle = root.CreateIntermediate();
        using var leaf = middle.Issue("mx.example.com");
        Assert.NotEmpty(Statuses(leaf, root, middle.Certificate));
    }

    [Fact]
    public void Issue_CommonNameOnly_HasNoAlternativeName()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue(new TestCertificateSpec { CommonName = "mx.example.com" });
        Assert.Equal("CN=mx.example.com", leaf.Subject);
        Assert.DoesNotContain(leaf.Extensions, static extension => extension.Oid?.Value == "2.5.29.17");
    }

    [Fact]
    public void Issue_OtherPurpose_HasOnlyThatPurpose()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue(new TestCertificateSpec { ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.4"] });
        var purposes = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.Equal("1.3.6.1.5.5.7.3.4", Assert.Single(purposes.Cast<System.Security.Cryptography.Oid>()).Value);
    }

    [Fact]
    public void CrossSign_OtherRoot_LeafChainsToBothRoots()
    {
        using var old = TestCertificateAuthority.CreateRoot();
        using var young = TestCertificateAuthority.CreateRoot();
        using var bridge = old.CrossSign(young);
        using var leaf = young.Issue("mx.example.com");
        Assert.Equal([], Statuses(leaf, young));
        Assert.Equal([], Statuses(leaf, old, bridge));
    }

    [Fact]
    public void CreateSelfSigned_Leaf_IssuedByItself()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["mx.example.com"] });
        Assert.Equal(leaf.SubjectName.RawData, leaf.IssuerName.RawData);
        Assert.True(leaf.HasPrivateKey);
    }

    [Fact]
    public void Export_PemAndPfx_ReadBackTheSame()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue("mx.example.com");
        using var fromPem = X509Certificate2.CreateFromPem(leaf.ToPem(root.Chain), leaf.ToPrivateKeyPem());
        Assert.Equal(leaf.Thumbprint, fromPem.Thumbprint);
        Assert.True(fromPem.HasPrivateKey);
        var pem = new X509Certificate2Collection();
        pem.ImportFromPem(leaf.ToPem(root.Chain));
        Assert.Equal([leaf.Thumbprint, root.Certificate.Thumbprint], pem.Select(static one => one.Thumbprint));
        var pfx = X509CertificateLoader.LoadPkcs12Collection(leaf.ToPfx("secret", root.Chain), "secret");
        Assert.Equal(2, pfx.Count);
        Assert.Single(pfx, static one => one.HasPrivateKey);
    }

    [Fact]
    public async Task Issue_Leaf_ServesTls()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var root = TestCertificateAuthority.CreateRoot();
        using var leaf = root.Issue("mx.example.com");
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint, cancellation);
        using var accepted = await listener.AcceptTcpClientAsync(cancellation);
        await using var server = new SslStream(accepted.GetStream());
        string? seen = null;
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => (seen = certificate?.GetCertHashString()) is not null);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = leaf }, cancellation),
            tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mx.example.com" }, cancellation));
        Assert.Equal(leaf.Thumbprint, seen);
    }

    private static X509ChainStatusFlags[] Statuses(X509Certificate2 leaf, TestCertificateAuthority root, params X509Certificate2[] extra)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root.Certificate);
        chain.ChainPolicy.ExtraStore.AddRange(extra);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.Build(leaf);
        return [.. chain.ChainStatus.Select(static status => status.Status)];
    }
}
