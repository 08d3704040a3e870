using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Validation;

/// <summary>Names at and below which nothing is validated, by the operator's word.</summary>
public sealed class NegativeTrustAnchorTests : ResolverTest
{
    private const string Zone = "corp.z.test";
    private readonly SignedWorld _world;
    private readonly SignedZone _island;

    public NegativeTrustAnchorTests()
    {
        _world = new(Time);
        _world.Zone.Add("beside.z.test", DnsRecordType.A, "192.0.2.9").Add("to.z.test", DnsRecordType.Cname, "www." + Zone);
        // What a server inside serves: unsigned, though the zone above says that it is signed.
        _world.Add(Zone, new SignedZoneOptions { Delegation = SignedZoneDelegation.UnsignedDespiteDs }).Add("www." + Zone, DnsRecordType.A, "192.0.2.5");
        _island = _world.Add("held." + Zone, new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs }).Add("www.held." + Zone, DnsRecordType.A, "192.0.2.6");
    }

    [Theory]
    [InlineData("www.corp.z.test", "Bogus", "Insecure 0")]
    [InlineData("nosuch.corp.z.test", "Bogus", "Insecure 0")]
    [InlineData("www.held.corp.z.test", "Bogus", "Insecure 0")]
    [InlineData("to.z.test", "Bogus", "Insecure 0")]
    [InlineData("beside.z.test", "Secure", "Secure")]
    [InlineData("nosuch.z.test", "Secure", "Secure")]
    [InlineData("a.plain.test", "Insecure", "Insecure")]
    public async Task Get_WithAndWithout_OnlyWhatIsBelowDiffers(string name, string without, string with)
    {
        Assert.Equal(without, Verdict(await Make().GetAAsync(Name(name), Ct)).Split(' ')[0]);
        Assert.Equal(with, Verdict(await Make(new NegativeTrustAnchor(Name(Zone))).GetAAsync(Name(name), Ct)));
    }

    [Fact]
    [Trait("dukhovni", "negative-trust-anchor")]
    public async Task Get_Below_TheChainAndTheNoteSayWhy()
    {
        var found = Assert.IsType<DnsAnswer<IPAddress>.Found>(await Make(new NegativeTrustAnchor(Name(Zone), Time.GetUtcNow().AddDays(1))).GetAAsync(Name("www." + Zone), Ct));
        var until = Time.GetUtcNow().AddDays(1).UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"nothing is validated at or below {Zone} (until {until}): the configuration has a negative trust anchor for it", found.Note!.Text);
        Assert.Equal([(Zone, DnssecLinkState.Insecure, found.Note.Text), ($"www.{Zone} A", DnssecLinkState.Insecure, $"zone {Zone} is insecure")], found.Chain.Select(static link => (link.Name, link.State, link.Detail)));
    }

    /// <summary>The zone above says with good signatures that a name below does not exist, as the public one of a name that is served inside only: that is not believed either.</summary>
    [Fact]
    public async Task Get_Below_WhatTheZoneAboveSaysIsInsecure()
    {
        var resolver = Make(new NegativeTrustAnchor(Name("inside.z.test")));
        Assert.Equal(DnsSecurity.Insecure, Assert.IsType<DnsAnswer<IPAddress>.Absent>(await resolver.GetAAsync(Name("www.inside.z.test"), Ct)).Security);
        // DS records, and that there are none, are of the zone above.
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<DsRecord>.Absent>(await resolver.GetDsAsync(Name("inside.z.test"), Ct)).Security);
        Assert.Equal(DnsSecurity.Insecure, Assert.IsType<DnsAnswer<DsRecord>.Absent>(await resolver.GetDsAsync(Name("www.inside.z.test"), Ct)).Security);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_ANearerTrustAnchor_IsValidated(bool forged)
    {
        if (forged)
            _world.Server.Depart("www.held." + Zone, DnsRecordType.A, new SignedAnswerFault.CorruptSignatures());
        var resolver = Make([.. _world.Server.TrustAnchors, .. SignedDnsServer.AnchorsOf(_island)], new NegativeTrustAnchor(Name(Zone)));
        Assert.Equal(forged ? "Bogus 6" : "Secure", Verdict(await resolver.GetAAsync(Name("www.held." + Zone), Ct)));
    }

    [Fact]
    public async Task Get_ANearerNegativeOne_IsNot()
    {
        var resolver = Make(SignedDnsServer.AnchorsOf(_world.Zone), new NegativeTrustAnchor(Name("test")), new NegativeTrustAnchor(Name("b.z.test")));
        Assert.Equal("Secure", Verdict(await resolver.GetAAsync(Name("a.z.test"), Ct)));
        Assert.Equal("Insecure 0", Verdict(await resolver.GetAAsync(Name("b.z.test"), Ct)));
        // Above every trust anchor nothing is known, whatever is said against it.
        Assert.Equal("Indeterminate 5", Verdict(await resolver.GetAAsync(Name("a.plain.test"), Ct)));
    }

    [Fact]
    public async Task Get_WhenItEnds_ValidatedAgainAtOnce()
    {
        var resolver = Make(new NegativeTrustAnchor(Name(Zone), Time.GetUtcNow().AddSeconds(100)));
        var found = Assert.IsType<DnsAnswer<IPAddress>.Found>(await resolver.GetAAsync(Name("www." + Zone), Ct));
        Assert.Equal((DnsSecurity.Insecure, TimeSpan.FromSeconds(100)), (found.Security, found.Ttl));
        Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(DnsFailure.Bogus, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name("www." + Zone), Ct)).Reason);
    }

    private static readonly Dictionary<string, (NegativeTrustAnchor[] Anchors, string Message)> Wrong = new(StringComparer.Ordinal)
    {
        ["the root"] = ([new NegativeTrustAnchor(default)], "DnssecMode.AdBit"),
        ["a trust anchor's zone"] = ([new NegativeTrustAnchor(DomainName.Parse("z.test"))], "z.test has a trust anchor and a negative one"),
        ["one name twice"] = ([new NegativeTrustAnchor(DomainName.Parse("a.test")), new NegativeTrustAnchor(DomainName.Parse("a.test"), DateTimeOffset.MaxValue)], "several negative trust anchors for a.test"),
        ["nothing"] = ([null!], "Out of the documented range"),
        ["too many"] = ([.. Enumerable.Range(0, 1001).Select(static number => new NegativeTrustAnchor(DomainName.Parse($"n{number}.test")))], "Out of the documented range"),
    };

    public static TheoryData<string> WrongNames => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(WrongNames))]
    public void Constructor_WrongOnes_AreRefused(string name)
    {
        var (anchors, message) = Wrong[name];
        var refused = Assert.ThrowsAny<ArgumentException>(() => Make([.. SignedDnsServer.AnchorsOf(_world.Zone)], anchors));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_TellsOfThem_WhereAnswersAreValidated()
    {
        Assert.EndsWith($"nothing is validated at or below {Zone}, lab.test (until 2027-01-31 00:00:00Z))",
            Make(new NegativeTrustAnchor(Name(Zone)), new NegativeTrustAnchor(Name("lab.test"), new DateTimeOffset(2027, 1, 31, 1, 0, 0, TimeSpan.FromHours(1)))).Path.ToString(), StringComparison.Ordinal);
        Assert.Empty(Resolver(static options => options.NegativeTrustAnchors = [new NegativeTrustAnchor(Name(Zone))]).Path.NegativeAnchors);
    }

    protected override ValueTask DisposeMoreAsync() => _world.DisposeAsync();

    private DnssecResolver Make(params NegativeTrustAnchor[] anchors) => Make(_world.Server.TrustAnchors, anchors);

    private DnssecResolver Make(IReadOnlyList<TrustAnchor> positive, params NegativeTrustAnchor[] anchors) => Resolver(options =>
        (options.Servers, options.Mode, options.TrustAnchors, options.NegativeTrustAnchors) = ([_world.EndPoint], DnssecMode.Validate, positive, anchors));

    private static string Verdict<T>(DnsAnswer<T> answer)
    {
        var (verdict, error) = answer switch
        {
            DnsAnswer<T>.Found found => (found.Security.ToString(), found.Note),
            DnsAnswer<T>.Absent absent => (absent.Security.ToString(), absent.Note),
            DnsAnswer<T>.Failed failed => (failed.Reason.ToString(), failed.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return error is null ? verdict : $"{verdict} {error.Code}";
    }
}
