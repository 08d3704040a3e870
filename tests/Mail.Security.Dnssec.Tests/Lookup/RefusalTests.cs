using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Lookup;

/// <summary>How long what is bogus is kept: the first time for a moment, then for its time, and never for that of the zone and that of the answer in a row.</summary>
[Trait("rfc", "4035#4.7")]
public sealed class RefusalTests : ResolverTest
{
    private readonly SignedWorld _world;
    private readonly DnssecResolver _resolver;

    public RefusalTests()
    {
        Start = Time.GetUtcNow();
        _world = new(Time);
        _resolver = Resolver(options => (options.Servers, options.Mode, options.TrustAnchors) = ([_world.EndPoint], DnssecMode.Validate, _world.Server.TrustAnchors));
    }

    /// <summary>An answer at fault, or the keys of its zone. Each row: seconds from the start, and whether the servers were asked then.</summary>
    [Theory]
    [InlineData("a.z.test", DnsRecordType.A)]
    [InlineData("z.test", DnsRecordType.Dnskey)]
    public async Task Get_BogusAgainAndAgain_KeptForAMoment_ThenForItsTime(string broken, DnsRecordType type)
    {
        _world.Server.Depart(broken, type, new SignedAnswerFault.CorruptSignatures());
        foreach (var (at, asked) in new[] { (0.0, true), (0.9, false), (1.1, true), (2.5, false), (31.0, false), (31.2, true), (61.1, false), (61.3, true) })
        {
            Time.SetUtcNow(Start.AddSeconds(at));
            var before = _world.CountOf(broken, type);
            Assert.IsType<DnsAnswer<IPAddress>.Failed>(await _resolver.GetAAsync(Name("a.z.test"), Ct));
            Assert.Equal((at, asked), (at, _world.CountOf(broken, type) > before));
        }
    }

    [Fact]
    public async Task Get_BogusForAMoment_SecureASecondLater()
    {
        _world.Server.Depart("z.test", DnsRecordType.Dnskey, new SignedAnswerFault.CorruptSignatures());
        Assert.Equal(DnsFailure.Bogus, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await _resolver.GetAAsync(Name("a.z.test"), Ct)).Reason);
        _world.Server.Depart("z.test", DnsRecordType.Dnskey);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Found>(await _resolver.GetAAsync(Name("a.z.test"), Ct)).Security);
    }

    /// <summary>A name that is first asked for when its zone has been bogus for a while is bogus for as long as the zone, and no longer.</summary>
    [Fact]
    public async Task Get_ZoneLongBogus_TheAnswerIsKeptNoLongerThanTheZone()
    {
        _world.Server.Depart("z.test", DnsRecordType.Dnskey, new SignedAnswerFault.CorruptSignatures());
        foreach (var at in new[] { 0.0, 1.1, 25.0, 26.1 })      // the keys are refused for the second time at 1.1, the answer to b at 26.1
        {
            Time.SetUtcNow(Start.AddSeconds(at));
            await _resolver.GetAAsync(Name(at < 20 ? "a.z.test" : "b.z.test"), Ct);
        }
        _world.Server.Depart("z.test", DnsRecordType.Dnskey);
        Time.SetUtcNow(Start.AddSeconds(31));
        Assert.IsType<DnsAnswer<IPAddress>.Failed>(await _resolver.GetAAsync(Name("b.z.test"), Ct));
        Time.SetUtcNow(Start.AddSeconds(31.2));
        Assert.IsType<DnsAnswer<IPAddress>.Found>(await _resolver.GetAAsync(Name("b.z.test"), Ct));
    }

    [Fact]
    public async Task Get_LongAgo_CountsNoMore()
    {
        _world.Server.Depart("a.z.test", DnsRecordType.A, new SignedAnswerFault.CorruptSignatures());
        await _resolver.GetAAsync(Name("a.z.test"), Ct);
        Time.Advance(TimeSpan.FromMinutes(10));
        await _resolver.GetAAsync(Name("a.z.test"), Ct);
        Time.Advance(TimeSpan.FromSeconds(1));
        await _resolver.GetAAsync(Name("a.z.test"), Ct);
        Assert.Equal(3, _world.CountOf("a.z.test", DnsRecordType.A));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(500, 500, 500)]
    [InlineData(30_000, 1_000, 30_000)]
    public void Count_EveryTime_FirstAndSecond(int bogusTtl, int first, int second)
    {
        var tally = new RefusalTally<string>(new DnssecResolverOptions { BogusTtl = TimeSpan.FromMilliseconds(bogusTtl) }, Time);
        Assert.Equal((TimeSpan.FromMilliseconds(first), TimeSpan.FromMilliseconds(second)), (tally.Count("a"), tally.Count("a")));
        Assert.Equal(TimeSpan.FromMilliseconds(first), tally.Count("b"));
    }

    private DateTimeOffset Start { get; }

    protected override ValueTask DisposeMoreAsync() => _world.DisposeAsync();
}
