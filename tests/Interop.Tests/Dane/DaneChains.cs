using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace Interop.Tests.Dane;

/// <summary>The certificates of the matrix, and their files for the oracle.</summary>
internal sealed class DaneChains : IDisposable
{
    public const string Name = "mx.example.com";

    private readonly TestCertificateAuthority[] _authorities = new TestCertificateAuthority[3];         // the topmost first
    private readonly Dictionary<(int Issuers, bool IsNamed, bool IsExpired), X509Certificate2> _leaves = [];
    private readonly Dictionary<string, string> _files = [];
    private readonly string _folder;

    public DaneChains(string folder)
    {
        _folder = folder;
        _authorities[0] = TestCertificateAuthority.CreateRoot();
        for (var at = 1; at < _authorities.Length; at++)
            _authorities[at] = _authorities[at - 1].CreateIntermediate();
        Stranger = TestCertificateAuthority.CreateRoot();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var issuers in new[] { 0, 1, 2, 3 })
        {
            foreach (var named in new[] { true, false })
            {
                foreach (var expired in new[] { true, false })
                {
                    var spec = new TestCertificateSpec { DnsNames = [named ? Name : "mx.example.net"], NotBefore = now.AddDays(-3), NotAfter = expired ? now.AddDays(-1) : null };
                    _leaves.Add((issuers, named, expired), issuers == 0 ? TestCertificateAuthority.CreateSelfSigned(spec) : _authorities[issuers - 1].Issue(spec));
                }
            }
        }
    }

    /// <summary>Whose record matches nobody.</summary>
    public TestCertificateAuthority Stranger { get; }

    /// <summary>The certificate of the server and all above it.</summary>
    public X509Certificate2[] Of(DaneCase one) =>
        [_leaves[(one.Issuers, one.IsNamed, one.Fault == DaneFault.LeafExpired)], .. _authorities.Take(one.Issuers).Reverse().Select(static authority => authority.Certificate)];

    /// <summary>What the server sends.</summary>
    public X509Certificate2[] Sent(DaneCase one)
    {
        var chain = Of(one);
        var above = chain.Select(static (certificate, at) => (certificate, at)).Skip(1).Where(place => one.IsSent || place.at != one.Target).Select(static place => place.certificate).ToList();
        if (one.Fault == DaneFault.Shuffled)
            above.Reverse();
        return [chain[0], .. above];
    }

    public string CertificateFile(X509Certificate2 certificate) => File(certificate.Thumbprint, () => certificate.ToPem());

    public string KeyFile(X509Certificate2 leaf) => File(leaf.Thumbprint + ".key", () => leaf.ToPrivateKeyPem());

    /// <summary>"-" for none.</summary>
    public string ChainFile(IReadOnlyList<X509Certificate2> certificates) => certificates.Count == 0 ? "-"
        : File(string.Join('-', certificates.Select(static one => one.Thumbprint[..8])), () => string.Concat(certificates.Select(static one => one.ExportCertificatePem() + "\n")));

    public void Dispose()
    {
        foreach (var leaf in _leaves.Values)
            leaf.Dispose();
        foreach (var authority in _authorities.Append(Stranger))
            authority.Dispose();
    }

    private string File(string name, Func<string> text)
    {
        if (_files.TryGetValue(name, out var known))
            return known;
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text());
        return _files[name] = path;
    }
}
