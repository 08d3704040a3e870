using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

[Trait("rfc", "7672#3.1.2")]
public sealed class DaneTrustAnchorTests
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string Any = "2.5.29.37.0";

    /// <summary>One chain root, middle, leaf: what each says, and the verdict under a record for the root.</summary>
    public sealed record Chain(string What, string Expected)
    {
        public TestCertificateSpec Root { get; init; } = new();

        public TestCertificateSpec Middle { get; init; } = new();

        public TestCertificateSpec Leaf { get; init; } = new() { DnsNames = ["mx.example.com"] };

        public override string ToString() => What;
    }

    public static TheoryData<Chain> Chains =>
    [
        new Chain("good", "dane-ta"),
        new Chain("RSA", "dane-ta") { Middle = new() { KeyType = TestKeyType.Rsa2048 } },
        new Chain("P-384", "dane-ta") { Root = new() { KeyType = TestKeyType.EcdsaP384 } },
        new Chain("leaf expired", "Expired") { Leaf = Named with { NotAfter = Now.AddSeconds(-1) } },
        new Chain("leaf in its last second", "dane-ta") { Leaf = Named with { NotAfter = Now } },
        new Chain("leaf in its first second", "dane-ta") { Leaf = Named with { NotBefore = Now } },
        new Chain("leaf not yet valid", "NotYetValid") { Leaf = Named with { NotBefore = Now.AddSeconds(1) } },
        new Chain("middle expired", "Expired") { Middle = new() { NotAfter = Now.AddDays(-1) } },
        new Chain("middle not yet valid", "NotYetValid") { Middle = new() { NotBefore = Now.AddDays(1) } },
        new Chain("anchor expired", "Expired") { Root = new() { NotAfter = Now.AddDays(-1) } },
        new Chain("middle no authority", "Untrusted") { Middle = new() { BasicConstraints = TestBasicConstraints.NotAuthority } },
        new Chain("middle without basic constraints", "Untrusted") { Middle = new() { BasicConstraints = TestBasicConstraints.Absent } },
        new Chain("anchor without basic constraints, for signing certificates", "dane-ta") { Root = new() { BasicConstraints = TestBasicConstraints.Absent, KeyUsage = X509KeyUsageFlags.KeyCertSign } },
        new Chain("anchor without basic constraints, for all", "Untrusted") { Root = new() { BasicConstraints = TestBasicConstraints.Absent, KeyUsage = X509KeyUsageFlags.None } },
        new Chain("anchor no authority", "Untrusted") { Root = new() { BasicConstraints = TestBasicConstraints.NotAuthority } },
        new Chain("middle may not sign", "Untrusted") { Middle = new() { KeyUsage = X509KeyUsageFlags.DigitalSignature } },
        new Chain("anchor may not sign", "Untrusted") { Root = new() { KeyUsage = X509KeyUsageFlags.CrlSign } },
        new Chain("middle without key usage", "dane-ta") { Middle = new() { KeyUsage = X509KeyUsageFlags.None } },
        new Chain("anchor without room", "Untrusted") { Root = new() { PathLength = 0 } },
        new Chain("anchor with room", "dane-ta") { Root = new() { PathLength = 1 } },
        new Chain("middle without room for more", "dane-ta") { Middle = new() { PathLength = 0 } },
        new Chain("leaf for clients", "WrongPurpose") { Leaf = Named with { ExtendedKeyUsages = [ClientAuth] } },
        new Chain("leaf for anything", "dane-ta") { Leaf = Named with { ExtendedKeyUsages = [Any] } },
        new Chain("leaf for both", "dane-ta") { Leaf = Named with { ExtendedKeyUsages = [ClientAuth, ServerAuth] } },
        new Chain("leaf without purposes", "dane-ta") { Leaf = Named with { ExtendedKeyUsages = [] } },
        new Chain("middle for clients", "WrongPurpose") { Middle = new() { ExtendedKeyUsages = [ClientAuth] } },
        new Chain("middle for servers", "dane-ta") { Middle = new() { ExtendedKeyUsages = [ServerAuth] } },
        new Chain("anchor for clients", "WrongPurpose") { Root = new() { ExtendedKeyUsages = [ClientAuth] } },
        new Chain("leaf signs certificates only", "WrongPurpose") { Leaf = Named with { KeyUsage = X509KeyUsageFlags.KeyCertSign } },
        new Chain("leaf enciphers keys", "dane-ta") { Leaf = Named with { KeyUsage = X509KeyUsageFlags.KeyEncipherment } },
        new Chain("leaf agrees on keys", "dane-ta") { Leaf = Named with { KeyUsage = X509KeyUsageFlags.KeyAgreement, KeyType = TestKeyType.Rsa1024Weak } },
        new Chain("leaf without key usage", "dane-ta") { Leaf = Named with { KeyUsage = X509KeyUsageFlags.None } },
        new Chain("another name", "NameMismatch") { Leaf = new() { DnsNames = ["mx.example.net"] } },
        new Chain("name constraint of the anchor allows", "dane-ta") { Root = new() { PermittedDnsNames = ["example.com"] } },
        new Chain("name constraint in other letters", "dane-ta") { Root = new() { PermittedDnsNames = ["EXAMPLE.COM"] } },
        new Chain("name constraint with a leading dot", "dane-ta") { Root = new() { PermittedDnsNames = [".example.com"] } },
        new Chain("one of two names permitted", "Untrusted") { Root = new() { PermittedDnsNames = ["example.com"] }, Leaf = new() { DnsNames = ["mx.example.com", "mx.example.net"] } },
        new Chain("two permitted subtrees", "dane-ta") { Root = new() { PermittedDnsNames = ["example.net", "example.com"] } },
        new Chain("name constraint of the anchor forbids", "Untrusted") { Root = new() { PermittedDnsNames = ["example.net"] } },
        new Chain("anchor excludes", "Untrusted") { Root = new() { ExcludedDnsNames = ["mx.example.com"] } },
        new Chain("anchor excludes a neighbour", "dane-ta") { Root = new() { ExcludedDnsNames = ["mx2.example.com"] } },
        new Chain("name constraint of the middle forbids", "Untrusted") { Middle = new() { PermittedDnsNames = ["example.net"] } },
        new Chain("constraints that exclude each other", "Untrusted") { Root = new() { PermittedDnsNames = ["example.net"] }, Middle = new() { PermittedDnsNames = ["example.com"] } },
        new Chain("a wider constraint below", "Untrusted") { Root = new() { PermittedDnsNames = ["b.example.com"] }, Middle = new() { PermittedDnsNames = ["example.com"] } },
        new Chain("wildcard over an excluded name", "Untrusted") { Root = new() { ExcludedDnsNames = ["mx.example.com"] }, Leaf = new() { DnsNames = ["*.example.com"] } },
        new Chain("common name outside a constraint", "Untrusted") { Root = new() { PermittedDnsNames = ["example.net"] }, Leaf = new() { CommonName = "mx.example.com" } },
        new Chain("common name inside a constraint", "dane-ta") { Root = new() { PermittedDnsNames = ["example.com"] }, Leaf = new() { CommonName = "mx.example.com" } },
        new Chain("leaf with an unknown critical extension", "Untrusted") { Leaf = Named with { Extensions = [Unknown] } },
        new Chain("middle with an unknown critical extension", "Untrusted") { Middle = new() { Extensions = [Unknown] } },
        new Chain("anchor with an unknown critical extension", "Untrusted") { Root = new() { Extensions = [Unknown] } },
        new Chain("leaf with a malformed alternative name", "Untrusted") { Leaf = new() { CommonName = "mx.example.com", Extensions = [new("2.5.29.17", [0xFF], false)] } },
        new Chain("middle signed with SHA-1", "NoTlsaMatch") { Root = new() { KeyType = TestKeyType.Rsa2048Sha1Weak } },
        new Chain("leaf signed with SHA-1", "NoTlsaMatch") { Middle = new() { KeyType = TestKeyType.Rsa2048Sha1Weak } },
        new Chain("leaf signed with a short key", "NoTlsaMatch") { Middle = new() { KeyType = TestKeyType.Rsa1024Weak } },
        new Chain("anchor with a short key", "NoTlsaMatch") { Root = new() { KeyType = TestKeyType.Rsa1024Weak } },
    ];

    private static TestCertificateSpec Named => new() { DnsNames = ["mx.example.com"] };

    private static X509Extension Unknown => new("1.2.3.4.5", [5, 0], critical: true);

    [Theory]
    [MemberData(nameof(Chains), DisableDiscoveryEnumeration = true)]
    [Trait("dukhovni", "intermediates")]
    public void Verify_ThroughIntermediate_EveryRuleOfThePathHolds(Chain chain)
    {
        using var root = TestCertificateAuthority.CreateRoot(chain.Root, Clock);
        using var middle = root.CreateIntermediate(chain.Middle);
        using var leaf = middle.Issue(chain.Leaf);
        X509Certificate2[][] orders =
        [
            [leaf, middle.Certificate, root.Certificate],
            [leaf, root.Certificate, middle.Certificate],
            [leaf, root.Certificate, leaf, middle.Certificate, root.Certificate, middle.Certificate],
        ];
        foreach (var presented in orders)
        {
            foreach (var record in new[] { Record(root.Certificate, 2, 0, 1), Record(root.Certificate, 2, 1, 2) })
                Assert.Equal(chain.Expected, Of(record, presented));
        }
    }

    [Fact]
    [Trait("dukhovni", "anchor-sent-or-published")]
    public void Verify_IntermediateAsAnchor_NothingAboveItCounts()
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { NotAfter = Now.AddDays(-1), PathLength = 0 }, Clock);
        using var middle = root.CreateIntermediate();
        using var low = middle.CreateIntermediate();
        using var leaf = low.Issue("mx.example.com");
        X509Certificate2[] presented = [leaf, low.Certificate, middle.Certificate, root.Certificate];
        for (var form = 0; form < 6; form++)
        {
            var record = Record(middle.Certificate, 2, form / 3, form % 3);
            Assert.Equal("dane-ta", Of(record, presented));
            Assert.Equal("dane-ta", Of(record, presented[..3]));
            Assert.Equal(form % 3 == 0 ? "dane-ta" : "NoTlsaMatch", Of(record, presented[..2]));        // published in full, not sent
            Assert.Equal("NoTlsaMatch", Of(record, leaf, middle.Certificate));                          // the one below is missing
            Assert.Equal("dane-ta", Of(Record(low.Certificate, 2, form / 3, form % 3), leaf, low.Certificate));
        }
    }

    [Fact]
    [Trait("rfc", "7671#5.2.3")]
    [Trait("dukhovni", "bare-key")]
    public void Verify_BareKey_JudgesTheRestOfThePath()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var expired = root.CreateIntermediate(new() { NotAfter = Now.AddDays(-1) });
        using var middle = root.CreateIntermediate(new() { PermittedDnsNames = ["example.com"], PathLength = 0 });
        using var low = middle.CreateIntermediate();
        using var other = TestCertificateAuthority.CreateRoot(time: Clock);
        using var good = middle.Issue("mx.example.com");
        using var forbidden = middle.Issue("mx.example.net", "mx.example.com");
        using var late = expired.Issue("mx.example.com");
        using var deep = low.Issue("mx.example.com");
        using var direct = root.Issue("mx.example.com");
        var record = Record(root.Certificate, 2, 1, 0);

        Assert.Equal("dane-ta", Of(record, good, middle.Certificate));
        Assert.Equal("dane-ta", Of(record, direct));
        Assert.Equal("dane-ta", Of(record, direct, other.Certificate));
        Assert.Equal("Untrusted", Of(record, forbidden, middle.Certificate));
        Assert.Equal("Expired", Of(record, late, expired.Certificate));
        Assert.Equal("Untrusted", Of(record, deep, low.Certificate, middle.Certificate));
        Assert.Equal("NoTlsaMatch", Of(Record(other.Certificate, 2, 1, 0), good, middle.Certificate));
        Assert.Equal("NoTlsaMatch", Of(record, good));
    }

    [Fact]
    [Trait("rfc", "7671#5.2.2")]
    public void Verify_PublishedAnchor_ItsConstraintsHold()
    {
        using var narrow = TestCertificateAuthority.CreateRoot(new() { PermittedDnsNames = ["example.net"] }, Clock);
        using var old = TestCertificateAuthority.CreateRoot(new() { NotAfter = Now.AddDays(-1) }, Clock);
        using var short0 = TestCertificateAuthority.CreateRoot(new() { PathLength = 0 }, Clock);
        using var middle = short0.CreateIntermediate();
        using var outside = narrow.Issue("mx.example.com");
        using var late = old.Issue("mx.example.com");
        using var deep = middle.Issue("mx.example.com");
        Assert.Equal("Untrusted", Of(Record(narrow.Certificate, 2, 0, 0), outside));
        Assert.Equal("Expired", Of(Record(old.Certificate, 2, 0, 0), late));
        Assert.Equal("Untrusted", Of(Record(short0.Certificate, 2, 0, 0), deep, middle.Certificate));
    }

    [Fact]
    public void Verify_SelfSignedLeafAsAnchor_NameAndDatesCount()
    {
        using var good = TestCertificateAuthority.CreateSelfSigned(Named, Clock);
        using var renamed = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["mx.example.net"] }, Clock);
        using var late = TestCertificateAuthority.CreateSelfSigned(Named with { NotAfter = Now.AddDays(-1) }, Clock);
        Assert.Equal("dane-ta", Of(Record(good, 2, 0, 1), good));
        Assert.Equal("NameMismatch", Of(Record(renamed, 2, 0, 1), renamed));
        Assert.Equal("Expired", Of(Record(late, 2, 1, 1), late));
    }

    [Fact]
    public void Verify_CrossSigned_AnyGoodPathWillDo()
    {
        using var old = TestCertificateAuthority.CreateRoot(time: Clock);
        using var young = TestCertificateAuthority.CreateRoot(time: Clock);
        using var bridge = old.CrossSign(young);
        using var expired = old.CrossSign(young, new() { NotAfter = Now.AddDays(-1) });
        using var leaf = young.Issue("mx.example.com");
        X509Certificate2[] all = [leaf, young.Certificate, expired, bridge, old.Certificate];
        Assert.Equal("dane-ta", Of(Record(old.Certificate, 2, 0, 1), all));
        Assert.Equal("dane-ta", Of(Record(young.Certificate, 2, 0, 1), all));
        Assert.Equal("dane-ta", Of(Record(young.Certificate, 2, 1, 1), leaf, bridge));          // the key, in a certificate by another issuer
        Assert.Equal("NoTlsaMatch", Of(Record(young.Certificate, 2, 0, 1), leaf, bridge));
        Assert.Equal("Expired", Of(Record(old.Certificate, 2, 0, 1), leaf, expired, old.Certificate));
        Assert.Equal("dane-ta", Of(Record(young.Certificate, 2, 1, 1), leaf, expired, bridge));
    }

    [Fact]
    public void Verify_SelfIssuedIntermediates_DoNotCountAgainstPathLength()
    {
        // RFC 5280 §6.1: a key rollover inside one authority, seen as a certificate by its own name.
        using var root = TestCertificateAuthority.CreateRoot(new() { CommonName = "One Name", PathLength = 0 }, Clock);
        using var rolled = root.CreateIntermediate(new() { CommonName = "One Name" });
        using var leaf = rolled.Issue("mx.example.com");
        Assert.Equal("dane-ta", Of(Record(root.Certificate, 2, 0, 1), leaf, rolled.Certificate, root.Certificate));
    }

    [Fact]
    public void Verify_SameNameOtherKey_IsNoIssuer()
    {
        using var real = TestCertificateAuthority.CreateRoot(new() { CommonName = "Same" }, Clock);
        using var forged = TestCertificateAuthority.CreateRoot(new() { CommonName = "Same" }, Clock);
        using var leaf = forged.Issue("mx.example.com");
        Assert.Equal("NoTlsaMatch", Of(Record(real.Certificate, 2, 0, 1), leaf, real.Certificate));
        Assert.Equal("NoTlsaMatch", Of(Record(real.Certificate, 2, 0, 1), leaf, forged.Certificate, real.Certificate));
        Assert.Equal("NoTlsaMatch", Of(Record(real.Certificate, 2, 0, 0), leaf, forged.Certificate));
        Assert.Equal("NoTlsaMatch", Of(Record(real.Certificate, 2, 1, 0), leaf, forged.Certificate));
        Assert.Equal("dane-ta", Of(Record(forged.Certificate, 2, 0, 1), leaf, real.Certificate, forged.Certificate));
    }

    [Fact]
    [Trait("rfc", "7672#3.2.2")]
    [Trait("dukhovni", "reference-names")]
    public void Verify_EveryReferenceName_IsAccepted()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        DomainName[] more = [DomainName.Parse("example.com"), DomainName.Parse("exchange.example.org")];
        var verifier = Verifier([Record(root.Certificate, 2, 0, 1)], moreNames: more);
        foreach (var name in more.Append(Host))
        {
            using var leaf = root.Issue("unrelated.example", name.Ascii);
            var verdict = Assert.IsType<PeerVerdict.Authenticated>(verifier.Verify(new PeerCertificates([leaf, root.Certificate])));
            Assert.EndsWith($"certificate name {name}", verdict.Evidence, StringComparison.Ordinal);
        }
        using var wrong = root.Issue("mx.example.org");
        Assert.Equal("NameMismatch", Say(verifier.Verify(new PeerCertificates([wrong, root.Certificate]))));
    }

    [Fact]
    public void Verify_EndEntityRecordBesideAnchor_EitherAuthenticates()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue("mx.example.com");
        using var renamed = root.Issue("mx.example.net");
        TlsaRecord[] records = [Record(root.Certificate, 2, 0, 1), Record(renamed, 3, 1, 1)];
        Assert.Equal("dane-ta", Of(records, leaf, root.Certificate));
        Assert.Equal("dane-ee", Of(records, renamed, root.Certificate));
    }

    [Fact]
    [Trait("rfc", "7671#5.4")]
    public void Verify_PkixAnchorAboveATrustedIntermediate_LongerPathIsTried()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var middle = root.CreateIntermediate();
        using var leaf = middle.Issue("mx.example.com");
        var verifier = Verifier([Record(root.Certificate, 0, 0, 1)], DaneUsageProfile.Generic, [middle.Certificate, root.Certificate]);
        Assert.Equal("pkix-ta", Say(verifier.Verify(new PeerCertificates([leaf, middle.Certificate]))));
        Assert.Equal("pkix-ta", Say(verifier.Verify(new PeerCertificates([leaf]))));
        var untrusted = Verifier([Record(root.Certificate, 0, 0, 1)], DaneUsageProfile.Generic, [middle.Certificate]);
        Assert.Equal("NoTlsaMatch", Say(untrusted.Verify(new PeerCertificates([leaf, middle.Certificate, root.Certificate]))));
        Assert.Equal("NoTlsaMatch", Say(Verifier([Record(root.Certificate, 0, 0, 1)], DaneUsageProfile.Generic).Verify(new PeerCertificates([leaf, middle.Certificate]))));
    }

    [Fact]
    public void Verify_ManyCertificatesThatNameEachOther_EndsAndIsRejected()
    {
        // Every one of these is a good issuer of every other: twelve names would make millions of paths.
        using var anchor = TestCertificateAuthority.CreateRoot(time: Clock);
        var authorities = Enumerable.Range(0, 6).Select(_ => TestCertificateAuthority.CreateRoot(time: Clock)).ToArray();
        var crossed = (from one in authorities from two in authorities where one != two select one.CrossSign(two)).ToArray();
        using var leaf = authorities[0].Issue("mx.example.com");
        Assert.Equal("NoTlsaMatch", Of(Record(anchor.Certificate, 2, 0, 1), [leaf, .. crossed, anchor.Certificate]));
        Assert.Equal("dane-ta", Of(Record(authorities[0].Certificate, 2, 0, 1), [leaf, authorities[0].Certificate, .. crossed]));
        foreach (var one in crossed)
            one.Dispose();
        foreach (var one in authorities)
            one.Dispose();
    }

    [Fact]
    public void Verify_ManyRecordsAndNames_DetailStaysShort()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var renamed = root.Issue("mx.example.net");
        var records = Enumerable.Range(0, 500).Select(number => new TlsaRecord(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256, SHA256.HashData(BitConverter.GetBytes(number))));
        var names = Enumerable.Range(0, 100).Select(number => DomainName.Parse($"mx{number}.example.com")).ToArray();
        foreach (var (anchored, reason) in new[] { (true, PeerRejection.NameMismatch), (false, PeerRejection.NoTlsaMatch) })
        {
            var verifier = Verifier(anchored ? records.Append(Record(root.Certificate, 2, 0, 1)) : records, moreNames: names);
            var rejected = Assert.IsType<PeerVerdict.Rejected>(verifier.Verify(new PeerCertificates([renamed, root.Certificate])));
            Assert.Equal(reason, rejected.Reason);
            Assert.True(rejected.Detail.Length < 500, rejected.Detail);
        }
    }

    [Fact]
    public void Verify_HostileSubject_DetailStaysOneShortLine()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue(new TestCertificateSpec { CommonName = "a\r\n250 forged\u0085\u2028\u001b[2J" + new string('x', 3000), DnsNames = ["mx.example.net"] });
        using var late = root.Issue(new TestCertificateSpec { CommonName = "a\r\n250 forged\u0085\u2028\u001b[2J" + new string('x', 3000), NotAfter = Now.AddDays(-1) });
        foreach (var presented in new[] { leaf, late })
        {
            var verdict = Verifier([Record(root.Certificate, 2, 0, 1)]).Verify(new PeerCertificates([presented, root.Certificate]));
            var detail = Assert.IsType<PeerVerdict.Rejected>(verdict).Detail;
            Assert.DoesNotContain(detail, static letter => char.IsControl(letter) || letter is '\u2028' or '\u2029');
            Assert.True(detail.Length < 500, $"{detail.Length} characters");
        }
    }
}
