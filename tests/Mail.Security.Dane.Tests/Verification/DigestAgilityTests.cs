using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

[Trait("rfc", "7671#9")]
public sealed class DigestAgilityTests : IDisposable
{
    private readonly X509Certificate2 _one = TestCertificateAuthority.CreateSelfSigned(new(), Clock);
    private readonly X509Certificate2 _two = TestCertificateAuthority.CreateSelfSigned(new(), Clock);
    private readonly X509Certificate2 _three = TestCertificateAuthority.CreateSelfSigned(new(), Clock);

    [Fact]
    [Trait("dukhovni", "digest-agility")]
    public void Verify_ExampleOfTheRfc_OnlyTheWeakestIsNotLookedAt()
    {
        TlsaRecord[] records = [Record(_one, 3, 1, 1), Record(_two, 3, 1, 2), Record(_three, 3, 1, 0)];
        Assert.Equal("NoTlsaMatch", Of(records, _one));
        Assert.Equal("dane-ee", Of(records, _two));
        Assert.Equal("dane-ee", Of(records, _three));
    }

    [Fact]
    public void Verify_OtherSelectorOrUsage_IsAnotherGroup()
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue("mx.example.com");
        TlsaRecord[] records = [Record(_one, 3, 0, 1), Record(_two, 3, 1, 2), Record(root.Certificate, 2, 0, 1)];
        Assert.Equal("dane-ee", Of(records, _one));
        Assert.Equal("dane-ee", Of(records, _two));
        Assert.Equal("dane-ta", Of(records, leaf, root.Certificate));
    }

    [Fact]
    public void Verify_StrongerRecordIsMalformed_WeakerStillCounts()
    {
        var malformed = Record(_two, 3, 1, 2) with { Data = new byte[63] };
        Assert.Equal("dane-ee", Of([Record(_one, 3, 1, 1), malformed], _one));
        Assert.Equal("dane-ee", Of([Record(_one, 3, 1, 1), Record(_two, 3, 1, 2) with { Matching = (TlsaMatching)3 }], _one));
    }

    [Fact]
    public void Verify_FullOnlyBesideDigest_DigestIsTheStrongestThereIs()
    {
        TlsaRecord[] records = [Record(_one, 3, 1, 0), Record(_two, 3, 1, 1)];
        Assert.Equal("dane-ee", Of(records, _one));
        Assert.Equal("dane-ee", Of(records, _two));
    }

    [Fact]
    public void Select_EverySubset_KeepsFullAndTheStrongestPerGroup()
    {
        var all = (from usage in new[] { 2, 3 } from selector in new[] { 0, 1 } from matching in new[] { 0, 1, 2 } select Record(_one, usage, selector, matching)).ToArray();
        for (var subset = 0; subset < 1 << all.Length; subset++)
        {
            var records = all.Where((_, index) => (subset >> index & 1) != 0).ToArray();
            var expected = records.Where(record => record.Matching != TlsaMatching.Sha256
                || !records.Any(other => other.Usage == record.Usage && other.Selector == record.Selector && other.Matching == TlsaMatching.Sha512));
            Assert.Equal(expected.ToHashSet(), DigestAgility.Select([.. records, .. records]).ToHashSet());
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _three.Dispose();
    }
}
