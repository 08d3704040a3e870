using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

[Trait("rfc", "7672#3.1.1")]
public sealed class DaneEndEntityTests
{
    public static TheoryData<string, TestCertificateSpec> Oddities => new()
    {
        { "another name", new() { DnsNames = ["elsewhere.example.net"] } },
        { "no name at all", new() { CommonName = "" } },
        { "expired", new() { NotAfter = Now.AddYears(-5) } },
        { "not yet valid", new() { NotBefore = Now.AddYears(5) } },
        { "for mail signatures", new() { ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.4"] } },
        { "for signing certificates", new() { KeyUsage = X509KeyUsageFlags.KeyCertSign, BasicConstraints = TestBasicConstraints.Authority } },
        { "with an unknown critical extension", new() { Extensions = [new X509Extension("1.2.3.4.5", [5, 0], critical: true)] } },
        { "with a weak key", new() { KeyType = TestKeyType.Rsa1024Weak } },
        { "with a weak signature", new() { KeyType = TestKeyType.Rsa2048Sha1Weak } },
        { "with a malformed alternative name", new() { CommonName = "x", Extensions = [new X509Extension("2.5.29.17", [0xFF], critical: false)] } },
    };

    [Theory]
    [MemberData(nameof(Oddities), DisableDiscoveryEnumeration = true)]
    [Trait("dukhovni", "dane-ee-ignores-the-rest")]
    public void Verify_LeafMatches_NothingElseCounts(string what, TestCertificateSpec spec)
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var issued = root.Issue(spec);
        using var selfSigned = TestCertificateAuthority.CreateSelfSigned(spec, Clock);
        foreach (var leaf in new[] { issued, selfSigned })
        {
            for (var form = 0; form < 6; form++)
                Assert.True(Of(Record(leaf, 3, form / 3, form % 3), leaf) == "dane-ee", $"{what}, 3 {form / 3} {form % 3}");
        }
    }

    [Fact]
    public void Verify_RecordMatchesOnlyAnIssuer_IsRejected()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue("mx.example.com");
        Assert.Equal("NoTlsaMatch", Of(Record(root.Certificate, 3, 1, 1), leaf, root.Certificate));
        Assert.Equal("NoTlsaMatch", Of(Record(leaf, 3, 1, 1), root.Certificate, leaf));          // the leaf is the first, whatever follows
    }

    /// <summary>One line tells which record there is and which one the certificate would be, in the same form.</summary>
    [Theory]
    [InlineData(3, 1, 1, "3 1 1")]
    [InlineData(3, 0, 2, "3 0 2")]
    [InlineData(3, 0, 0, "3 1 1")]      // a whole certificate says nothing at sight
    [InlineData(2, 0, 1, "3 1 1")]
    public void Verify_NoMatch_NamesTheRecordAndTheCertificate(int usage, int selector, int matching, string form)
    {
        using var published = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["mx.example.com"] }, Clock);
        using var shown = TestCertificateAuthority.CreateSelfSigned(new() { CommonName = "mx\u202e.example.com", DnsNames = ["mx.example.com"] }, Clock);
        var parts = form.Split(' ').Select(int.Parse).ToArray();
        var would = Record(shown, parts[0], parts[1], parts[2]).ToString()[..22];

        var rejected = Assert.IsType<PeerVerdict.Rejected>(Verifier([Record(published, usage, selector, matching)]).Verify(new PeerCertificates([shown])));

        Assert.Equal($"no TLSA record at _25._tcp.mx.example.com matches: there is {Record(published, usage, selector, matching).ToString()[..22]}…, and the server has {would}…, CN=mx?.example.com", rejected.Detail);
    }

    [Fact]
    public void Verify_NoCertificateOrNoUsableRecord_IsRejected()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["mx.example.com"] }, Clock);
        Assert.Equal("NoCertificate", Of(Record(leaf, 3, 1, 1)));
        Assert.Equal("NoCertificate", Say(Verifier([Record(leaf, 3, 1, 1)]).Verify(default)));
        Assert.Equal("NoTlsaMatch", Of([], leaf));
        Assert.Equal("NoTlsaMatch", Of(Record(leaf, 3, 1, 1) with { Usage = (Dnssec.TlsaUsage)4 }, leaf));
        Assert.Equal("NoTlsaMatch", Of(Record(leaf, 1, 1, 1), leaf));
    }

    [Fact]
    public void Verify_SecondRecordMatches_TheEvidenceNamesIt()
    {
        using var old = TestCertificateAuthority.CreateSelfSigned(new(), Clock);
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new(), Clock);
        var verdict = Verifier([Record(old, 3, 1, 1), Record(leaf, 3, 0, 2)]).Verify(new PeerCertificates([leaf]));
        var evidence = Assert.IsType<PeerVerdict.Authenticated>(verdict).Evidence;
        Assert.StartsWith("3 0 2 ", evidence, StringComparison.Ordinal);
        Assert.EndsWith("_25._tcp.mx.example.com", evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_MutatedCertificate_NeverMatches()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["mx.example.com"] }, Clock);
        var whole = Verifier([Record(leaf, 3, 0, 0)]);
        var digest = Verifier([Record(leaf, 3, 0, 1)]);
        var key = Verifier([Record(leaf, 3, 1, 1)]);
        var original = leaf.PublicKey.ExportSubjectPublicKeyInfo();
        var (read, rejected) = (0, 0);
        for (var at = 0; at < leaf.RawData.Length; at++)
        {
            byte[] mutated = leaf.RawData;
            mutated[at] ^= 0x01;
            X509Certificate2 other;
            try
            {
                other = X509CertificateLoader.LoadCertificate(mutated);
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                continue;                                        // no TLS stack would hand this one over
            }
            using (other)
            {
                var peer = new PeerCertificates([other]);
                read++;
                Assert.True(whole.Verify(peer) is PeerVerdict.Rejected, $"octet {at}");
                Assert.True(digest.Verify(peer) is PeerVerdict.Rejected, $"octet {at}");
                var sameKey = other.RawData.AsSpan().IndexOf(original) >= 0;
                Assert.Equal(sameKey, key.Verify(peer) is PeerVerdict.Authenticated);
                rejected += sameKey ? 0 : 1;
            }
        }
        Assert.True(read > 100 && rejected > 30, $"{read} read, {rejected} of them with another key");
    }
}
