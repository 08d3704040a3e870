namespace Mail.Security.Transports.Tests;

public sealed class AllVerifierTests
{
    private static readonly PeerCertificates Nobody = new([]);

    private static readonly PeerVerifier Dane = new Fixed("dane", new PeerVerdict.Authenticated("dane-ee", "3 1 1 ab"));
    private static readonly PeerVerifier WebPki = new Fixed("webpki", new PeerVerdict.Authenticated("webpki", "mx.test"));
    private static readonly PeerVerifier Stranger = new Fixed("strict", new PeerVerdict.Rejected(PeerRejection.NoTlsaMatch, "no"));
    private static readonly PeerVerifier Late = new Fixed("late", new PeerVerdict.Rejected(PeerRejection.Expired, "old"));

    [Fact]
    [Trait("rfc", "8461#2")]
    public void Verify_AllAuthenticate_AllProofsAreTold() =>
        Assert.Equal(new PeerVerdict.Authenticated("dane-ee+webpki", "3 1 1 ab; mx.test"), new AllVerifier(Dane, WebPki).Verify(Nobody));

    [Fact]
    public void Verify_SomeReject_FirstRejectionCounts()
    {
        Assert.Equal(new PeerVerdict.Rejected(PeerRejection.NoTlsaMatch, "no"), new AllVerifier(WebPki, Stranger, Late).Verify(Nobody));
        Assert.Equal(new PeerVerdict.Rejected(PeerRejection.Expired, "old"), new AllVerifier(Late, Stranger).Verify(Nobody));
    }

    [Fact]                                                  // where everybody must prove something, nothing is no proof
    public void Verify_OneProvesNothing_Rejected()
    {
        var rejected = Assert.IsType<PeerVerdict.Rejected>(new AllVerifier(Dane, UnauthenticatedVerifier.Instance).Verify(Nobody));

        Assert.Equal(PeerRejection.Unspecified, rejected.Reason);
        Assert.Contains("none", rejected.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void PolicyKey_NamesAll()
    {
        Assert.Equal("all(dane; webpki)", new AllVerifier(Dane, WebPki).PolicyKey);
        Assert.Equal(new AllVerifier(Dane, WebPki).PolicyKey, new AllVerifier([Dane, WebPki]).PolicyKey);
        Assert.NotEqual(new AllVerifier(Dane).PolicyKey, Dane.PolicyKey);
    }

    [Fact]
    public void Constructor_Nobody_Throws() => Assert.Throws<ArgumentException>(() => new AllVerifier());

    [Fact]                                                  // the array stays the caller's
    public void Constructor_ArrayChangedLater_VerifierStays()
    {
        PeerVerifier[] verifiers = [Stranger];
        var all = new AllVerifier(verifiers);
        verifiers[0] = Dane;

        Assert.IsType<PeerVerdict.Rejected>(all.Verify(Nobody));
    }

    [Fact]
    [Trait("rfc", "7435#3")]
    public void UnauthenticatedVerifier_Anybody_NothingIsProven()
    {
        Assert.Equal(new PeerVerdict.EncryptedOnly(""), UnauthenticatedVerifier.Instance.Verify(Nobody));
        Assert.Equal("none", UnauthenticatedVerifier.Instance.PolicyKey);
    }

    private sealed class Fixed(string key, PeerVerdict verdict) : PeerVerifier
    {
        public override string PolicyKey => key;

        public override PeerVerdict Verify(in PeerCertificates peer) => verdict;
    }
}
