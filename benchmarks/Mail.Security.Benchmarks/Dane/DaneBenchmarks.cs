using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using Mail.Security.Benchmarks.Wire;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dane;

/// <summary>The verdict on a server's certificates, inside its handshake: by its own key (RFC 7672 §3.1.1), and by a trust anchor two signatures above (RFC 7672 §3.1.2).</summary>
public class DaneBenchmarks
{
    private const string Host = "mx.bench.example";

    private readonly BenchChain _chain = BenchChain.Create(Host);
    private readonly byte[] _der;
    private readonly byte[] _key;
    private readonly DaneVerifier _direct;
    private readonly DaneVerifier _directOfFour;
    private readonly DaneVerifier _anchor;

    public DaneBenchmarks()
    {
        (_der, _key) = (_chain.Leaf.RawData, _chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo());
        var ours = TlsaRecordMaker.FromCertificate(_chain.Leaf);
        _direct = Verifier(ours);
        _directOfFour = Verifier(Other(1), Other(2), Other(3), ours);
        _anchor = Verifier(TlsaRecordMaker.FromCertificate(_chain.Root, TlsaUsage.DaneTa, TlsaSelector.Certificate));
    }

    [GlobalSetup]
    public void Agree()
    {
        Agreement.OnNumber(1, Verify_EndEntity(), nameof(Verify_EndEntity));
        Agreement.OnNumber(1, Verify_EndEntityOfFour(), nameof(Verify_EndEntityOfFour));
        Agreement.OnNumber(1, Verify_TrustAnchor(), nameof(Verify_TrustAnchor));
        Agreement.OnNumber(1, Build_Chain(), nameof(Build_Chain));
    }

    /// <summary>A <c>3 1 1</c> record.</summary>
    [Benchmark, Against(nameof(Load_Certificate), nameof(Hash_Key))]
    public long Verify_EndEntity() => Verdict(_direct);

    /// <summary>Four <c>3 1 1</c> records, of which the last one matches.</summary>
    [Benchmark, Against(nameof(Load_Certificate), nameof(Hash_Key))]
    public long Verify_EndEntityOfFour() => Verdict(_directOfFour);

    [Benchmark]
    public long Load_Certificate()
    {
        using var certificate = X509CertificateLoader.LoadCertificate(_der);
        return certificate.PublicKey.EncodedKeyValue.RawData.Length;
    }

    [Benchmark]
    public long Hash_Key()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        return SHA256.HashData(_key, digest);
    }

    /// <summary>A <c>2 0 1</c> record of the root, all three certificates sent.</summary>
    [Benchmark, Against(nameof(Build_Chain))]
    public long Verify_TrustAnchor() => Verdict(_anchor);

    [Benchmark]
    public long Build_Chain()
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_chain.Root);
        chain.ChainPolicy.ExtraStore.Add(_chain.Middle);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        var isValid = chain.Build(_chain.Leaf) && _chain.Leaf.MatchesHostname(Host);
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        return isValid ? 1 : 0;
    }

    private long Verdict(DaneVerifier verifier) => verifier.Verify(new PeerCertificates(_chain.Sent)) is PeerVerdict.Authenticated ? 1 : 0;

    private static DaneVerifier Verifier(params TlsaRecord[] records) => new(DanePolicy.Create(DomainName.Parse(Host), 25, records));

    private static TlsaRecord Other(byte first) => new(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256, SHA256.HashData([first]));
}
