using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using X509Extension = System.Security.Cryptography.X509Certificates.X509Extension;
using static Mail.Security.Dane.Tests.NameExtensions;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>What a zone publishes and a server sends is looked at up to <see cref="DaneLimits"/>, and what is over them never weakens a verdict.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot(time: Clock);
    private readonly X509Certificate2 _leaf;

    public LimitTests() => _leaf = _root.Issue("mx.example.com");

    [Fact]
    public void Create_MoreRecordsThanAreCompared_TheFirstOnesThatCanBeUsedCount()
    {
        var garbage = Digests(400).Select(static record => record with { Usage = TlsaUsage.PkixEe });
        var digests = Digests(DaneLimits.Records - 1);
        var (last, over) = (Record(_leaf, 3, 1, 1), Record(_root.Certificate, 3, 1, 1));
        var policy = DanePolicy.Create(Host, 25, [.. garbage, .. digests, last, over]);
        Assert.Equal(DaneLimits.Records, policy.Usable.Count);
        Assert.Equal((TlsaUnusability.None, TlsaUnusability.OverLimit, TlsaUnusability.PkixUsage), (policy.ReasonOf(last), policy.ReasonOf(over), policy.ReasonOf(policy.Unusable[0])));
        Assert.Throws<ArgumentException>(() => policy.ReasonOf(last with { Data = new byte[32] }));
        var verifier = new DaneVerifier(policy, time: Clock);
        Assert.Equal("dane-ee", Say(verifier.Verify(new PeerCertificates([_leaf]))));
        Assert.Equal("NoTlsaMatch", Say(verifier.Verify(new PeerCertificates([_root.Certificate]))));
        Assert.Equal("NoTlsaMatch", Say(new DaneVerifier(policy, DaneUsageProfile.Generic, Clock).Verify(new PeerCertificates([_root.Certificate]))));
    }

    [Theory]
    [InlineData(2, 0, "dane-ta")]
    [InlineData(2, 1, "dane-ta")]
    [InlineData(3, 0, "dane-ee")]
    [InlineData(3, 1, "dane-ee")]
    public void Verify_KindsInTurns_TheRightOneIsFoundAmongThem(int usage, int selector, string expected)
    {
        var others = Digests(400).Select((record, at) => record with { Usage = (TlsaUsage)(2 + at % 2), Selector = (TlsaSelector)(at / 2 % 2), Matching = TlsaMatching.Sha512, Data = SHA512.HashData(record.Data.Span) }).ToArray();
        foreach (var matching in new[] { 0, 2 })
        {
            var right = Record(usage == 2 ? _root.Certificate : _leaf, usage, selector, matching);
            foreach (var records in new TlsaRecord[][] { [right, .. others], [.. others[..200], right, .. others[200..]], [.. others, right] })
                Assert.Equal(expected, Of(records, _leaf, _root.Certificate));
            Assert.Equal("NoTlsaMatch", Of(others, _leaf, _root.Certificate));
        }
    }

    [Fact]
    [Trait("rfc", "7671#10.1.2")]
    public void Create_MoreRecordsInFullThanAreRead_TheRestIsOverTheLimit()
    {
        var full = Enumerable.Range(0, DaneLimits.RecordsInFull + 1).Select(static number => RsaRecord(2048, number)).ToArray();
        var policy = DanePolicy.Create(Host, 25, [.. full, Record(_root.Certificate, 2, 0, 1)]);
        Assert.Equal(DaneLimits.RecordsInFull + 1, policy.Usable.Count);
        Assert.Equal(full[^1], Assert.Single(policy.Unusable));
        Assert.Equal(TlsaUnusability.OverLimit, policy.ReasonOf(full[^1]));
        Assert.Equal("dane-ta", Say(new DaneVerifier(policy, time: Clock).Verify(new PeerCertificates([_leaf, _root.Certificate]))));
    }

    [Fact]                                                  // what the platform reads and we do not is our own limit, and no reason to be content with less
    public async Task DecideAsync_OnlyAnchorThatIsNotReadHere_Waits()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        var octets = root.Certificate.RawData;
        byte[] version3 = [0xA0, 3, 2, 1, 2];
        octets[octets.AsSpan().IndexOf(version3) + 4] = 1;      // version 2 has no extensions
        var record = new TlsaRecord(TlsaUsage.DaneTa, TlsaSelector.Certificate, TlsaMatching.Full, octets);

        Assert.Equal(TlsaUnusability.OverLimit, TlsaUsability.Judge(record));
        Assert.IsType<DaneDecision.Defer>(await DecideAsync(record));
    }

    [Theory]
    [InlineData(2048, 17, TlsaUnusability.None)]
    [InlineData(DaneLimits.RsaBits, 64, TlsaUnusability.None)]
    [InlineData(DaneLimits.RsaBits + 8, 17, TlsaUnusability.OverLimit)]
    [InlineData(16384, 17, TlsaUnusability.OverLimit)]
    [InlineData(2048, DaneLimits.RsaExponentBits + 1, TlsaUnusability.OverLimit)]
    [InlineData(2040, 17, TlsaUnusability.UnfitKey)]
    public async Task DecideAsync_OnlyAnchorInFull_ItsKeyDecides(int bits, int exponentBits, TlsaUnusability expected)
    {
        var record = RsaRecord(bits, 1, exponentBits);
        Assert.Equal(expected, TlsaUsability.Judge(record));
        var decision = await DecideAsync(record);
        if (expected == TlsaUnusability.OverLimit)
            Assert.Contains("more, larger or written otherwise than is looked at", Assert.IsType<DaneDecision.Defer>(decision).Detail, StringComparison.Ordinal);
        else
            Assert.IsType(expected == TlsaUnusability.None ? typeof(DaneDecision.Authenticate) : typeof(DaneDecision.EncryptOnly), decision);
        // Beside a record that can be used it is only left out.
        Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(record, Record(_leaf, 3, 1, 1)));
        Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(Record(_leaf, 3, 1, 1), record));
    }

    [Fact]
    public void Judge_LongCertificateInFull_IsOverTheLimit()
    {
        using var large = TestCertificateAuthority.CreateRoot(new() { Extensions = [Filler(DaneLimits.OctetsInFull)] }, Clock);
        using var named = SelfSigned(DaneLimits.NameParts + 1);
        foreach (var anchor in new[] { large.Certificate, named })
        {
            Assert.Equal(TlsaUnusability.OverLimit, TlsaUsability.Judge(Record(anchor, 2, 0, 0)));
            Assert.Equal(TlsaUnusability.None, TlsaUsability.Judge(Record(anchor, 2, 0, 1)));
        }
    }

    [Theory]
    [InlineData(DaneLimits.NameParts, 1, "dane-ta")]
    [InlineData(DaneLimits.NameParts + 1, 1, "NoTlsaMatch")]
    [InlineData(1, DaneLimits.NameOctets - 100, "dane-ta")]
    [InlineData(1, DaneLimits.NameOctets, "NoTlsaMatch")]
    public void Verify_DistinguishedName_UpToItsLimit(int parts, int letters, string expected)
    {
        using var certificate = SelfSigned(parts, letters);
        Assert.Equal(expected, Of(Record(certificate, 2, 0, 1), certificate));
        Assert.Equal("dane-ee", Of(Record(certificate, 3, 0, 1), certificate));
    }

    [Theory]
    [Trait("rfc", "5280#4.2.1.10")]
    [InlineData(DaneLimits.Names, 1, "dane-ta")]
    [InlineData(DaneLimits.Names + 1, 0, "dane-ta")]
    [InlineData(DaneLimits.Names + 1, 1, "Untrusted")]
    [InlineData(1, DaneLimits.Names, "dane-ta")]
    [InlineData(1, DaneLimits.Names + 1, "Untrusted")]
    [InlineData(400, 600, "dane-ta")]
    [InlineData(450, 600, "Untrusted")]
    public void Verify_NamesAndConstraints_UpToTheirLimits(int names, int subtrees, string expected)
    {
        using var root = TestCertificateAuthority.CreateRoot(
            new() { Extensions = subtrees == 0 ? [] : [Excluded([.. Enumerable.Range(0, subtrees).Select(static number => (Dns, $"e{number}.test"))])] }, Clock);
        using var leaf = root.Issue(new TestCertificateSpec { CommonName = "", DnsNames = [.. Enumerable.Range(1, names - 1).Select(static number => $"a{number}.test"), "mx.example.com"] });
        Assert.Equal(expected, Of(Record(root.Certificate, 2, 0, 1), leaf, root.Certificate));
    }

    [Theory]
    [InlineData(3, "dane-ta")]
    [InlineData(4, "Expired")]
    public void Verify_PathsThatAreNoGood_UpToTheirLimit(int expired, string expected)
    {
        // Four certificates of the anchor's key, under each of those of the issuer.
        using var other = TestCertificateAuthority.CreateRoot(time: Clock);
        using var middle = _root.CreateIntermediate();
        using var leaf = middle.Issue("mx.example.com");
        X509Certificate2[] roots = [.. Enumerable.Range(0, 4).Select(_ => other.CrossSign(_root))];
        X509Certificate2[] late = [.. Enumerable.Range(0, expired).Select(_ => _root.CrossSign(middle, new() { NotAfter = Now.AddDays(-1) }))];
        var verdict = Verifier([Record(_root.Certificate, 2, 1, 1)]).Verify(new PeerCertificates([leaf, .. late, middle.Certificate, .. roots]));
        Assert.Equal(expected, Say(verdict));
        if (verdict is PeerVerdict.Rejected rejected)
            Assert.Contains("not every path was looked at", rejected.Detail, StringComparison.Ordinal);
        foreach (var one in roots.Concat(late))
            one.Dispose();
    }

    [Theory]
    [InlineData(DaneLimits.Extensions, "dane-ta")]
    [InlineData(DaneLimits.Extensions + 1, "NoTlsaMatch")]
    public void Verify_Extensions_UpToTheirLimit(int count, string expected)
    {
        // Key usage, purposes, alternative names and two identifiers are there anyway.
        using var leaf = _root.Issue(new TestCertificateSpec { DnsNames = ["mx.example.com"], Extensions = [.. Enumerable.Range(0, count - 5).Select(static number => new X509Extension($"1.2.3.{number}", [5, 0], critical: false))] });
        Assert.Equal(count, leaf.Extensions.Count);
        Assert.Equal(expected, Of(Record(_root.Certificate, 2, 0, 1), leaf, _root.Certificate));
        Assert.Equal("dane-ee", Of(Record(leaf, 3, 1, 1), leaf, _root.Certificate));
    }

    [Theory]
    [InlineData(DaneLimits.NameOctets, "dane-ta")]
    [InlineData(DaneLimits.NameOctets + 1, "Untrusted")]
    [Trait("rfc", "5280#4.2.1.10")]
    public void Verify_LongNameUnderAConstraint_UpToItsLimit(int octets, string expected)
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { Extensions = [Excluded((UriName, "example.net"))] }, Clock);
        using var leaf = root.Issue(new TestCertificateSpec { CommonName = "", Extensions = [Alternatives((Dns, "mx.example.com"), (UriName, "https://a.test/" + new string('x', octets - 15)))] });
        Assert.Equal(expected, Of(Record(root.Certificate, 2, 0, 1), leaf, root.Certificate));
    }

    [Theory]
    [InlineData(1, "dane-ta")]
    [InlineData(2, "NoTlsaMatch")]
    public void Verify_OctetsOfCertificates_UpToTheirLimit(int large, string expected)
    {
        var strangers = Enumerable.Range(0, large).Select(_ => TestCertificateAuthority.CreateSelfSigned(new() { Extensions = [Filler(DaneLimits.CertificateOctets / 2)] }, Clock)).ToArray();
        Assert.Equal(expected, Of(Record(_root.Certificate, 2, 0, 1), [_leaf, .. strangers, _root.Certificate]));
        Assert.Equal("dane-ta", Of(Record(_root.Certificate, 2, 0, 1), [_leaf, _root.Certificate, .. strangers]));
        foreach (var one in strangers)
            one.Dispose();
    }

    [Theory]
    [InlineData(DaneLimits.Signatures / 10, true)]
    [InlineData(DaneLimits.Signatures / 10 + 1, false)]
    public void TrySign_SlowSignatures_FewerAreChecked(int count, bool isAllowed)
    {
        var budget = new PathBudget();
        bool[] answers = [.. Enumerable.Range(0, count).Select(_ => budget.TrySign(10))];
        var last = answers[^1];
        Assert.Equal((isAllowed, !isAllowed), (last, budget.IsSpent));
        Assert.False(budget.TrySign(DaneLimits.Signatures + 1));
        Assert.False(budget.TrySign(int.MaxValue));
        Assert.False(budget.TryCompare(long.MaxValue));
        Assert.False(budget.TryCompare(1));
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _root.Dispose();
    }

    private static async Task<DaneDecision> DecideAsync(params TlsaRecord[] records)
    {
        var resolver = new InMemoryResolver();
        foreach (var record in records)
            resolver.AddTlsa("_25._tcp.mx.example.com", record.ToString());
        return await new DaneResolver(resolver).DecideAsync(new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []), TestContext.Current.CancellationToken);
    }

    private static IEnumerable<TlsaRecord> Digests(int count) =>
        Enumerable.Range(0, count).Select(static number => new TlsaRecord(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256, SHA256.HashData(BitConverter.GetBytes(number))));

    // Not a key that anybody has: its size is all that counts here.
    private static TlsaRecord RsaRecord(int bits, int seed, int exponentBits = 17)
    {
        static BigInteger Odd(int bits, int seed) => BigInteger.One.ShiftLeft(bits - 1).Add(BigInteger.ValueOf(2 * seed + 1));
        var info = new SubjectPublicKeyInfo(new AlgorithmIdentifier(PkcsObjectIdentifiers.RsaEncryption, DerNull.Instance), new RsaPublicKeyStructure(Odd(bits, seed), Odd(exponentBits, 1)));
        return TlsaRecordMaker.FromPublicKeyInfo(info.GetDerEncoded(), TlsaUsage.DaneTa, TlsaMatching.Full);
    }

    private static X509Extension Filler(int octets) => new("1.2.3.4.5", new byte[octets], critical: false);

    private static X509Certificate2 SelfSigned(int parts, int letters = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        for (var part = 0; part < parts; part++)
            name.AddOrganizationalUnitName(new string('x', letters));
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(Alternatives((Dns, Host.Ascii)));
        using var own = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        return X509CertificateLoader.LoadCertificate(own.RawData);
    }
}
