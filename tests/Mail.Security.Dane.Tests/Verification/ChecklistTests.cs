using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>What servers and zones really have: chains in any order, records twice, and records that are none.</summary>
public sealed class ChecklistTests : IDisposable
{
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot(time: Clock);
    private readonly TestCertificateAuthority _other = TestCertificateAuthority.CreateRoot(time: Clock);
    private readonly TestCertificateAuthority _middle;
    private readonly TestCertificateAuthority _low;
    private readonly X509Certificate2 _leaf;

    public ChecklistTests()
    {
        _middle = _root.CreateIntermediate();
        _low = _middle.CreateIntermediate();
        _leaf = _low.Issue("mx.example.com");
    }

    [Fact]
    [Trait("rfc", "7671#5.2")]
    [Trait("dukhovni", "chain-in-any-order")]
    public void Verify_IssuersInEveryOrderAmongStrangers_TheSameVerdict()
    {
        X509Certificate2[] above = [_low.Certificate, _middle.Certificate, _root.Certificate, _other.Certificate];
        var orders = Permutations(above).ToList();
        Assert.Equal(24, orders.Count);
        foreach (var order in orders)
        {
            foreach (var anchor in above[..3])
                Assert.Equal("dane-ta", Of(Record(anchor, 2, 0, 1), [_leaf, .. order]));
            Assert.Equal("NoTlsaMatch", Of(Record(_other.Certificate, 2, 0, 1), [_leaf, .. order]));
            Assert.Equal("NoTlsaMatch", Of(Record(_root.Certificate, 2, 0, 1), [_leaf, .. order.Where(one => one != _middle.Certificate)]));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [Trait("rfc", "6698#4.1")]
    [Trait("dukhovni", "duplicate-and-garbage-records")]
    public void Verify_DuplicatesAndGarbageBesideTheRecord_OnlyTheRecordCounts(int usage)
    {
        var good = Record(usage == 3 ? _leaf : _root.Certificate, usage, 0, 1);
        TlsaRecord[] garbage =
        [
            good with { Data = ReadOnlyMemory<byte>.Empty }, good with { Data = good.Data[..^1] }, good with { Data = new byte[33] }, good with { Matching = TlsaMatching.Full },
            good with { Matching = (TlsaMatching)3 }, good with { Selector = (TlsaSelector)2 }, good with { Usage = (TlsaUsage)4 }, good with { Usage = (TlsaUsage)255 },
            good with { Matching = TlsaMatching.Sha512, Data = new byte[63] }, good with { Usage = TlsaUsage.PkixEe },
        ];
        X509Certificate2[] sent = [_leaf, .. _low.Chain];
        foreach (var records in new TlsaRecord[][] { [.. garbage, good], [good, .. garbage], [good, good, .. garbage, .. garbage, good] })
        {
            var policy = DanePolicy.Create(Host, 25, records);
            Assert.Equal([good], policy.Usable);
            Assert.Equal(garbage.Length, policy.Unusable.Count);
            Assert.Equal(usage == 3 ? "dane-ee" : "dane-ta", Of(records, sent));
        }
        Assert.Empty(DanePolicy.Create(Host, 25, garbage).Usable);
        Assert.Equal("NoTlsaMatch", Of(garbage, sent));
    }

    [Fact]
    [Trait("rfc", "7672#2.2")]
    [Trait("dukhovni", "all-unusable")]
    public async Task DecideAsync_OnlyGarbage_TlsIsMandatoryAndNobodyIsVerified()
    {
        var resolver = new InMemoryResolver().AddTlsa("_25._tcp.mx.example.com", "9 9 9").AddTlsa("_25._tcp.mx.example.com", "3 1 1 00").AddTlsa("_25._tcp.mx.example.com", "1 1 1 " + new string('0', 64));
        var decision = await new DaneResolver(resolver).DecideAsync(new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []), TestContext.Current.CancellationToken);
        Assert.Equal(3, Assert.IsType<DaneDecision.EncryptOnly>(decision).Policy.Unusable.Count);
    }

    [Fact]
    [Trait("dukhovni", "dane-ee-ignores-the-rest")]
    public void Verify_SameRecordAgain_TheVerdictIsKept()
    {
        var verifier = Verifier([Record(_other.Certificate, 3, 1, 1), Record(_leaf, 3, 1, 1)]);
        var first = verifier.Verify(new PeerCertificates([_leaf]));
        Assert.Equal("dane-ee", Say(first));
        Assert.Same(first, verifier.Verify(new PeerCertificates([_leaf])));
        Assert.NotEqual(first, verifier.Verify(new PeerCertificates([_other.Certificate])));
    }

    public void Dispose()
    {
        _leaf.Dispose();
        foreach (var authority in new[] { _low, _middle, _root, _other })
            authority.Dispose();
    }

    private static IEnumerable<X509Certificate2[]> Permutations(X509Certificate2[] of) => of.Length <= 1 ? [of]
        : of.SelectMany(first => Permutations([.. of.Where(one => one != first)]).Select(rest => (X509Certificate2[])[first, .. rest]));
}
