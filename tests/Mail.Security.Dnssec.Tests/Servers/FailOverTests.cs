using System.Net;
using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Dnssec.Tests.Servers;

/// <summary>What one server cannot prove another may: it is asked once, judged by the same rules, and believed only where it proves.</summary>
public sealed class FailOverTests : ResolverTest
{
    private readonly SignedWorld _first;
    private readonly SignedWorld _second;
    private readonly SignedWorld _third;

    public FailOverTests()
    {
        _first = new(Time);
        (_second, _third) = (new(Time, _first), new(Time, _first));
    }

    private static SignedAnswerFault Corrupt => new CorruptSignatures();

    // Other keys than those its DS records vouch for.
    private static SignedAnswerFault WrongKeys => new Edited(static record => record.Type == DnsRecordType.Dnskey ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record);

    public static TheoryData<string, string, string> Broken => new()
    {
        { "a.z.test A", "a.z.test A", "Secure" },
        { "a.z.test A", "z.test DS", "Secure" },
        { "a.z.test A", "z.test DNSKEY", "Secure" },
        { "a.z.test A", "test DS", "Secure" },
        { "a.z.test A", ". DNSKEY", "Secure" },
        { "nosuch.z.test A", "nosuch.z.test A", "Secure" },
        { "a.plain.test A", "plain.test DS", "Insecure" },
        { "alias.z.test A", "alias.z.test A", "Insecure" },
        { "alias.z.test A", "plain.test DS", "Insecure" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Get_OneServerIsBogus_TheOtherIsAskedOnce_AndBelieved(string ask, string broken, string security)
    {
        Break(_first, broken, Corrupt);
        var answer = await AskAsync(Make(_first, _second), ask);
        Assert.Equal(security, answer.Verdict);
        // The keys of the root are also those by which it is found out whether a server strips.
        Assert.Equal((broken == ". DNSKEY" ? 2 : 1, 1), (_first.CountOf(NameOf(broken), TypeOf(broken)), _second.CountOf(NameOf(broken), TypeOf(broken))));
        Assert.Null(answer.Note);
        // Nothing was asked of it before, and from then on nothing of the other.
        static string Text(DnsServerQuery query) => $"{(query.Name.IsEmpty ? "." : query.Name.Ascii)} {query.Type}";
        Assert.Equal(broken, Text(_second.Server.Queries[0]), ignoreCase: true);
        Assert.Empty(_first.Server.Queries.Skip(1).Select(Text).Except([broken, ". Dnskey", ". Tlsa"], StringComparer.OrdinalIgnoreCase).Intersect(_second.Server.Queries.Select(Text)));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Get_AllServersAreBogus_TheFirstRefusalIsTold(string ask, string broken, string security)
    {
        Break(_first, broken, Corrupt);
        Break(_second, broken, Corrupt);
        var alone = await AskAsync(Make(_first), ask);

        var answer = await AskAsync(Make(_first, _second), ask);

        Assert.NotEqual(security, answer.Verdict);
        Assert.Equal((alone.Verdict, alone.Detail), (answer.Verdict, answer.Detail));
        Assert.Null(answer.Note);
    }

    [Fact]
    public async Task Get_EachServerIsBogusInItsOwnWay_TheNoteTellsOfTheOthers()
    {
        Break(_first, "a.z.test A", new MissingSignatures());
        Break(_second, "a.z.test A", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))));
        _third.Server.Depart("a.z.test", DnsRecordType.A, new Rewritten(static _ => new(5, [], [])));

        var answer = await AskAsync(Make(_first, _second, _third), "a.z.test A");

        Assert.Equal(("Bogus 10", "a.z.test A: not signed, and its zone is"), (answer.Verdict, answer.Detail));
        Assert.Equal(7, answer.Note!.Code);
        Assert.StartsWith($"{_second.EndPoint}: a.z.test A: the signature by key ", answer.Note.Text, StringComparison.Ordinal);
        Assert.EndsWith($"; a.z.test A: {_third.EndPoint} (UDP): REFUSED", answer.Note.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ZoneIsBogusInTwoWays_TheNoteTellsOfTheOther()
    {
        Break(_first, "z.test DNSKEY", WrongKeys);
        Break(_second, "z.test DNSKEY", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))));

        var answer = await AskAsync(Make(_first, _second), "a.z.test A");

        Assert.Equal("Bogus 9", answer.Verdict);
        Assert.StartsWith($"{_second.EndPoint}: z.test DNSKEY: the signature by key ", answer.Note!.Text, StringComparison.Ordinal);
        // The answer is not to blame, and so is not asked for again.
        Assert.Equal(0, _second.CountOf("a.z.test", DnsRecordType.A));
    }

    /// <summary>Who gave what is counted by the server's place, for its address is no label.</summary>
    [Fact]
    public async Task Get_OneServerIsBogus_ItsPlaceIsCounted()
    {
        using var factory = new TestMeters();
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var listener = factory.Listen((name, labels) => seen.Add($"{name} {labels}"), "mail.dns.refused_answers");
        Break(_second, "a.z.test A", Corrupt);
        Break(_first, "b.z.test A", Corrupt);
        Break(_second, "b.z.test A", Corrupt);
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [_second.EndPoint, _first.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = _first.Server.TrustAnchors }, Time, factory);

        await AskAsync(resolver, "a.z.test A");
        Assert.Equal("mail.dns.refused_answers result=Outvoted server=1 type=A", Assert.Single(seen));
        seen.Clear();
        await AskAsync(resolver, "b.z.test A");
        Assert.Equal(["mail.dns.refused_answers result=Unproven server=1 type=A", "mail.dns.refused_answers result=Unproven server=2 type=A"], seen.Order(StringComparer.Ordinal));
    }

    /// <summary>A server that judges for itself must not stand between us and the records.</summary>
    [Fact]
    [Trait("rfc", "6840#5.9")]
    public async Task Get_ServerCallsItBogus_TheNextOnesRecordsAreJudged()
    {
        await using var judge = new LoopbackDnsServer().Misbehave("a.z.test", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "no")));
        var answer = await AskAsync(Make([judge.EndPoint, _second.EndPoint]), "a.z.test A");
        Assert.Equal("Secure", answer.Verdict);
    }

    /// <summary>One says rightly that there are DS records, and gives wrong keys; the other denies the DS records by a proof from before the zone was signed. What was proven is not taken back.</summary>
    [Theory]
    [InlineData("a denial of before")]
    [InlineData("unknown algorithms of before")]
    public async Task Get_DelegationProvenAndKeysBogus_AnOlderInsecureProofIsNotTaken(string replay)
    {
        await using var former = new SignedWorld(Time, _first);
        former.Add("y.test", replay == "a denial of before" ? new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs } : new SignedZoneOptions { DigestTypes = [200] })
            .Add("a.y.test", DnsRecordType.A, "192.0.2.66");
        Assert.Equal("Insecure", (await AskAsync(Make([former.EndPoint]), "a.y.test A")).Verdict);
        var before = former.CountOf("y.test", DnsRecordType.Ds);
        _first.Add("y.test").Add("a.y.test", DnsRecordType.A, "192.0.2.4");
        Break(_first, "y.test DNSKEY", WrongKeys);

        var answer = await AskAsync(Make([_first.EndPoint, former.EndPoint]), "a.y.test A");

        Assert.Equal("Bogus 9", answer.Verdict);
        Assert.Equal(before + 1, former.CountOf("y.test", DnsRecordType.Ds));
    }

    /// <summary>The DS records of one server are from before the keys were changed; those of the other are not.</summary>
    [Fact]
    public async Task Get_StaleDelegation_TheOthersFitsTheKeys()
    {
        await using var now = new SignedWorld(Time, _first);
        now.Add("y.test").Add("a.y.test", DnsRecordType.A, "192.0.2.4");
        _first.Add("y.test").Add("a.y.test", DnsRecordType.A, "192.0.2.4");
        _first.Server.Depart("y.test", DnsRecordType.Dnskey, new Rewritten(_ => now.Server.Answer("y.test", DnsRecordType.Dnskey)));
        _first.Server.Depart("a.y.test", DnsRecordType.A, new Rewritten(_ => now.Server.Answer("a.y.test", DnsRecordType.A)));

        Assert.Equal("Secure", (await AskAsync(Make([_first.EndPoint, now.EndPoint]), "a.y.test A")).Verdict);
        // Keys are asked for once of each, and judged again by the other DS records.
        Assert.Equal((1, 1), (_first.CountOf("y.test", DnsRecordType.Dnskey), now.CountOf("y.test", DnsRecordType.Dnskey)));
    }

    [Fact]
    public async Task Get_AnswerThatCannotBeRead_TheOtherIsAsked()
    {
        _first.Server.Depart("a.z.test", DnsRecordType.A, new Rewritten(static answer => answer.Select(static record => record.Type == DnsRecordType.A ? record with { Data = new byte[3] } : record)));
        Assert.Equal("Secure", (await AskAsync(Make(_first, _second), "a.z.test A")).Verdict);
    }

    /// <summary>A server that is silent is not asked again for that another one is bogus.</summary>
    [Fact]
    public async Task Get_OneFailsAndOneIsBogus_NobodyIsAskedTwice()
    {
        _first.Server.Depart("a.z.test", DnsRecordType.A, new Rewritten(static _ => new(5, [], [])));
        Break(_second, "a.z.test A", Corrupt);
        var answer = await AskAsync(Make(_first, _second), "a.z.test A");
        Assert.Equal("Bogus 6", answer.Verdict);
        Assert.Equal((1, 1), (_first.CountOf("a.z.test", DnsRecordType.A), _second.CountOf("a.z.test", DnsRecordType.A)));
    }

    /// <summary>A zone that is costly at every server costs each of them its budget, and no more.</summary>
    [Fact]
    public async Task Judge_CostlyAtEveryServer_TheBudgetTimesTheServers()
    {
        var decoys = Enumerable.Range(1, 60).ToList();
        SignedAnswerFault[] many = [new Rewritten(answer => new(answer.Code, [.. answer.Answers.SelectMany(record => record.Type != DnsRecordType.Rrsig ? [record]
            : decoys.Select(number => record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ number)] }))], answer.Authority))];
        foreach (var world in new[] { _first, _second, _third })
            world.Server.Depart("z.test", DnsRecordType.Dnskey, many);
        using var meters = new DnssecMeters(null);
        var options = new DnssecResolverOptions { TrustAnchors = _first.Server.TrustAnchors };
        var rules = new ValidationRules(options) { Servers = 3 };
        var upstream = new Upstream([.. new[] { _first, _second, _third }.Select(world => new UpstreamServer(new ServerExchange(world.EndPoint, DnssecMode.Validate, TimeSpan.FromMinutes(1), TimeProvider.System, meters), [], Time))], 1);
        var verifier = new SetVerifier(TimeSpan.Zero, Sha1Use.Validate, Time);
        var zones = new ZoneFinder(question => new Inquiry(upstream.AskAsync, question, meters), rules, verifier, options, Time, Ct);
        var budget = rules.Budget();

        var state = await zones.FindAsync(CanonicalName.Of(Name("z.test")), budget, Ct);

        Assert.Equal((DnsFailure.Bogus, 6), (Assert.IsType<ZoneState.Refused>(state).Reason, (int)((ZoneState.Refused)state).Error!.Code));
        // Each server's keys are tried eight times at most, by the DS records of each of them.
        Assert.InRange(budget.Checked, 1, 3 * 50);
        Assert.All(new[] { _first, _second, _third }, world => Assert.Single(world.Server.Queries, static query => query is { Type: DnsRecordType.Dnskey, Transport: DnsTransport.Tcp } && query.Name == Name("z.test")));
    }

    /// <summary>What was not proven for want of work says so in every place, and not that a key is missing.</summary>
    [Theory]
    [Trait("rfc", "8914#4")]
    [InlineData("z.test DNSKEY")]
    [InlineData("z.test DS")]
    public async Task Get_CostlyZone_TheCostIsTold_InErrorAndChain(string costly)
    {
        var tag = _first.Zone.Keys.Single(static one => one.Use == DnssecKeyUse.Keys).Key.Tag;
        for (var i = 0; i < 30; i++)
            _first.Zone.AddKey(DnssecTestKey.CreateDecoy(tag, DnssecTestKey.KeySigningFlags), DnssecKeyUse.Keys);
        if (costly == "z.test DS")
        {
            Break(_first, costly, new Edited(record => record.Type == DnsRecordType.Ds
                ? record with { Data = DnssecTestKey.CreateDecoy(tag, DnssecTestKey.KeySigningFlags).ToDelegationSigner("z.test") } : record));
        }
        using var resolver = Make([_first.EndPoint], static options => options.MaxSignatureChecks = 10);
        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name("a.z.test"), Ct));
        Assert.Equal((DnsFailure.Bogus, 6), (failed.Reason, (int)failed.Error!.Code));
        Assert.Contains("more work than is done", failed.Chain[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "5011#2.2")]
    public async Task UpdateTrustAnchors_OneServerGivesKeysThatNobodySignedFor_TheOtherIsAsked()
    {
        Break(_first, ". DNSKEY", Corrupt);
        using var resolver = Make([_first.EndPoint, _second.EndPoint], options => options.TrustAnchorStore = new InMemoryTrustAnchorStore());
        var update = await resolver.UpdateTrustAnchorsAsync(Ct);
        Assert.Empty(update.Failures);
        Assert.Equal((1, 1), (_first.CountOf(".", DnsRecordType.Dnskey), _second.CountOf(".", DnsRecordType.Dnskey)));
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _third.DisposeAsync();
    }

    private static string NameOf(string ask) => ask.Split(' ')[0];

    private static DnsRecordType TypeOf(string ask) => Enum.Parse<DnsRecordType>(ask.Split(' ')[1], ignoreCase: true);

    private static void Break(SignedWorld world, string ask, SignedAnswerFault fault) => world.Server.Depart(NameOf(ask), TypeOf(ask), fault);

    private DnssecResolver Make(params SignedWorld[] worlds) => Make([.. worlds.Select(static world => world.EndPoint)]);

    private DnssecResolver Make(IReadOnlyList<IPEndPoint> servers, Action<DnssecResolverOptions>? configure = null) => Resolver(options =>
    {
        (options.Servers, options.Mode, options.TrustAnchors, options.Attempts) = (servers, DnssecMode.Validate, _first.Server.TrustAnchors, 1);
        configure?.Invoke(options);
    });

    private static async Task<(string Verdict, string Detail, ExtendedDnsError? Note)> AskAsync(DnssecResolver resolver, string ask)
    {
        Assert.Equal(DnsRecordType.A, TypeOf(ask));
        var answer = await resolver.GetAAsync(Name(NameOf(ask)), Ct);
        return answer switch
        {
            DnsAnswer<IPAddress>.Found found => (found.Security.ToString(), "", found.Note),
            DnsAnswer<IPAddress>.Absent absent => (absent.Security.ToString(), "", absent.Note),
            DnsAnswer<IPAddress>.Failed failed => ($"{failed.Reason} {failed.Error?.Code}", failed.Detail, failed.Note),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
