using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Benchmarks.Dane;

/// <summary>A root, an intermediate and a server's certificate for a day, with keys on P-256.</summary>
internal sealed record BenchChain(X509Certificate2 Leaf, X509Certificate2 Middle, X509Certificate2 Root)
{
    /// <summary>As a server sends them.</summary>
    public IReadOnlyList<X509Certificate2> Sent { get; } = [Leaf, Middle, Root];

    public static BenchChain Create(string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = (now.AddDays(-1), now.AddDays(1));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Authority("CN=Bench Root", rootKey).CreateSelfSigned(from, to);
        var middle = Authority("CN=Bench Intermediate", middleKey).Create(root, from, to, [1]);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        var request = new CertificateRequest($"CN={host}", leafKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var leaf = request.Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), from, to, [2]);
        return new BenchChain(leaf, middle, root);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request;
    }
}
