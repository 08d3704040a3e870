using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests;

public sealed class DnssecResolverTests : ResolverTest
{
    [Fact]
    public async Task Get_EveryType_IsRead()
    {
        Server.AddMx("example.com", 20, "b.example.com").AddMx("example.com", 10, "a.example.com").AddMx("null.example", 0, ".")
            .AddAddress("a.example.com", "192.0.2.1").AddAddress("a.example.com", "2001:db8::1")
            .AddAlias("www.example.com", "a.example.com").AddTxt("_mta-sts.example.com", "v=STSv1; id=1").AddTlsa("_25._tcp.a.example.com", "3 1 1 ab12");
        var resolver = Resolver();

        Assert.Equal(["10 a.example.com.", "20 b.example.com."], Found(await resolver.GetMxAsync(Name("example.com"), Ct)).Records.Select(mx => mx.ToString()));
        Assert.True(Assert.Single(Found(await resolver.GetMxAsync(Name("null.example"), Ct)).Records).IsNullMx);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(Found(await resolver.GetAAsync(Name("a.example.com"), Ct)).Records));
        Assert.Equal(IPAddress.Parse("2001:db8::1"), Assert.Single(Found(await resolver.GetAaaaAsync(Name("a.example.com"), Ct)).Records));
        Assert.Equal(Name("a.example.com"), Assert.Single(Found(await resolver.GetCnameAsync(Name("www.example.com"), Ct)).Records));
        Assert.Equal("v=STSv1; id=1", Assert.Single(Found(await resolver.GetTxtAsync(Name("_mta-sts.example.com"), Ct)).Records));
        Server.AddPtr("192.0.2.1", "a.example.com").AddPtr("192.0.2.1", "_b.example.net").AddPtr("192.0.2.1", "A.example.com");
        Assert.Equal([Name("a.example.com"), DomainName.ParseLax("_b.example.net")], Found(await resolver.GetPtrAsync(ReverseName.Of(IPAddress.Parse("192.0.2.1")), Ct)).Records);
        Assert.Equal("3 1 1 ab12", Assert.Single(Found(await resolver.GetTlsaAsync(Name("_25._tcp.a.example.com"), Ct)).Records).ToString());
        Assert.IsType<DnsAnswer<DomainName>.Absent>(await resolver.GetCnameAsync(Name("a.example.com"), Ct));
    }

    [Fact]
    [Trait("rfc", "6891#6.1.3")]
    public async Task Get_TheQuestion_HasRecursionAdEdnsAndDo_AndNoCd()
    {
        await Resolver().GetTlsaAsync(Name("_25._tcp.a.example.com"), Ct);

        var query = Assert.Single(Server.Queries);
        Assert.Equal((DnsTransport.Udp, DnsRecordType.Tlsa), (query.Transport, query.Type));
        Assert.Equal("01200001000000000001", Convert.ToHexString(query.Message.Span[2..12]));
        Assert.Equal("00002904D0000080000000", Convert.ToHexString(query.Message.Span[^11..]));     // root, OPT, 1232, DO, no options
    }

    [Fact]
    public async Task Get_ManyQuestions_DifferInIdentifier()
    {
        var resolver = Resolver();
        for (var i = 0; i < 20; i++)
            await resolver.GetAAsync(Name($"h{i}.example"), Ct);
        Assert.InRange(Server.Queries.Select(query => (query.Message.Span[0] << 8) | query.Message.Span[1]).Distinct().Count(), 15, 20);
    }

    [Theory]
    [Trait("rfc", "4035#4.9.3")]
    [InlineData(AdTrust.Auto, DnsSecurity.Secure, DnsSecurity.Secure)]
    [InlineData(AdTrust.Auto, DnsSecurity.Insecure, DnsSecurity.Insecure)]
    [InlineData(AdTrust.Auto, DnsSecurity.Indeterminate, DnsSecurity.Insecure)]
    [InlineData(AdTrust.Trust, DnsSecurity.Secure, DnsSecurity.Secure)]
    [InlineData(AdTrust.Distrust, DnsSecurity.Secure, DnsSecurity.Indeterminate)]
    [InlineData(AdTrust.Distrust, DnsSecurity.Insecure, DnsSecurity.Indeterminate)]
    public async Task Get_AdBit_CountsOnATrustedPathOnly(AdTrust trust, DnsSecurity sent, DnsSecurity seen)
    {
        Server.AddZone("example.com", sent).AddAddress("mx.example.com", "192.0.2.1");
        var resolver = Resolver(options => (options.Mode, options.AdTrust) = (DnssecMode.AdBit, trust));

        Assert.Equal(seen, Found(await resolver.GetAAsync(Name("mx.example.com"), Ct)).Security);
        Assert.Equal(seen, Absent(await resolver.GetTlsaAsync(Name("_25._tcp.mx.example.com"), Ct)).Security);
        Assert.Equal(seen, Absent(await resolver.GetTxtAsync(Name("mx.example.com"), Ct)).Security);
    }

    [Fact]
    public async Task Get_AAndAaaa_EachHasItsOwnSecurity()
    {
        Server.AddAddress("mx.example.com", "192.0.2.1", DnsSecurity.Insecure).AddAddress("mx.example.com", "2001:db8::1", DnsSecurity.Secure);
        var resolver = Resolver();
        Assert.Equal(DnsSecurity.Insecure, Found(await resolver.GetAAsync(Name("mx.example.com"), Ct)).Security);
        Assert.Equal(DnsSecurity.Secure, Found(await resolver.GetAaaaAsync(Name("mx.example.com"), Ct)).Security);
    }

    [Theory]
    [InlineData(DnsSecurity.Secure, DnsSecurity.Secure, DnsSecurity.Secure)]
    [InlineData(DnsSecurity.Insecure, DnsSecurity.Secure, DnsSecurity.Insecure)]
    [InlineData(DnsSecurity.Secure, DnsSecurity.Insecure, DnsSecurity.Insecure)]
    public async Task Get_AliasChain_SecurityIsTheLeast_InOneAnswerOrSeveral(DnsSecurity alias, DnsSecurity address, DnsSecurity joined)
    {
        foreach (var way in Enum.GetValues<DnsAliasAnswers>())
        {
            Server.Aliases = way;
            Server.AddAlias($"w{way}.example", $"v{way}.example", DnsSecurity.Secure).AddAlias($"v{way}.example", $"u{way}.example", alias)
                .AddAddress($"u{way}.example", "192.0.2.1", address).AddZone($"u{way}.example", address);
            var resolver = Resolver();

            var found = Found(await resolver.GetAAsync(Name($"w{way}.example"), Ct));
            Assert.Equal((Name($"u{way}.example"), joined), (found.CanonicalName, found.Security));
            Assert.Equal([$"w{way}.example", $"v{way}.example"], found.Aliases.Select(hop => hop.Owner.Ascii), StringComparer.OrdinalIgnoreCase);
            var absent = Absent(await resolver.GetTxtAsync(Name($"w{way}.example"), Ct));
            Assert.Equal((Name($"u{way}.example"), joined, DnsAbsence.NoData), (absent.CanonicalName, absent.Security, absent.Kind));
        }
    }

    [Fact]
    public async Task Get_AliasesOverSeveralAnswers_LoopsAndLimitsAreFailures()
    {
        Server.Aliases = DnsAliasAnswers.OneAtATime;
        Server.AddAlias("a.example", "b.example").AddAlias("b.example", "c.example").AddAlias("c.example", "b.example")
            .AddAlias("p.example", "q.example").AddAlias("q.example", "r.example").AddAlias("r.example", "s.example").AddAddress("s.example", "192.0.2.1");

        Assert.Equal(DnsFailure.AliasLoop, Failed(await Resolver().GetAAsync(Name("a.example"), Ct)).Reason);
        Assert.Equal(DnsFailure.AliasLimit, Failed(await Resolver(options => options.MaxAliases = 2).GetAAsync(Name("p.example"), Ct)).Reason);
        Assert.Equal(3, Found(await Resolver(options => options.MaxAliases = 3).GetAAsync(Name("p.example"), Ct)).Aliases.Count);
        Assert.Equal(DnsFailure.AliasLimit, Failed(await Resolver(options => options.MaxAliases = 0).GetAAsync(Name("r.example"), Ct)).Reason);
    }

    [Fact]
    public async Task Get_AliasesInOneAnswer_LoopsAndLimitsAreFailures()
    {
        Server.AddAlias("a.example", "b.example").AddAlias("b.example", "a.example").AddAlias("p.example", "q.example").AddAlias("q.example", "r.example");
        Assert.Equal(DnsFailure.AliasLoop, Failed(await Resolver().GetAAsync(Name("a.example"), Ct)).Reason);
        Assert.Equal(DnsFailure.AliasLimit, Failed(await Resolver(options => options.MaxAliases = 1).GetAAsync(Name("p.example"), Ct)).Reason);
    }

    [Theory]
    [InlineData("d.example", 3, null)]
    [InlineData("d.example", 2, DnsFailure.AliasLimit)]
    [InlineData("a.example", 9, DnsFailure.AliasLoop)]
    public async Task Get_AliasesGoOnInTheLastAnswer_LoopsAndLimitsOfTheWholeWay(string end, int limit, DnsFailure? reason)
    {
        var resolver = Resolver(options => options.MaxAliases = limit);
        Server.Aliases = DnsAliasAnswers.OneAtATime;
        Server.AddAlias("a.example", "b.example").Misbehave("b.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2));
        Assert.Equal(DnsFailure.ServerFailure, Failed(await resolver.GetAAsync(Name("a.example"), Ct)).Reason);     // a.example is kept, b.example is not

        Server.Aliases = DnsAliasAnswers.WholeChain;
        Server.Heal("b.example", DnsRecordType.A).AddAlias("b.example", "c.example").AddAlias("c.example", end).AddAddress("d.example", "192.0.2.1");
        if (end == "a.example")
            Server.Remove("a.example", DnsRecordType.Cname).AddAddress("a.example", "192.0.2.1");
        Time.Advance(TimeSpan.FromSeconds(5));
        var answer = await resolver.GetAAsync(Name("a.example"), Ct);
        Assert.Equal(reason, (answer as DnsAnswer<IPAddress>.Failed)?.Reason);
        Assert.Equal(reason is null, answer is DnsAnswer<IPAddress>.Found { Aliases.Count: 3 });
    }

    [Fact]
    public async Task Get_FailureBehindAnAlias_IsThatFailure()
    {
        Server.Aliases = DnsAliasAnswers.OneAtATime;
        Server.AddAlias("a.example", "b.example").Misbehave("b.example", DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(7, "old")));
        var failed = Failed(await Resolver().GetTlsaAsync(Name("a.example"), Ct));
        Assert.Equal((DnsFailure.Bogus, new ExtendedDnsError(7, "old")), (failed.Reason, failed.Error));
        Assert.Contains("a.example TLSA by way of b.example", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Twice_IsKeptForTheTtl_WhichRunsDown()
    {
        Server.Ttl = TimeSpan.FromSeconds(100);
        Server.AddAddress("mx.example.com", "192.0.2.1");
        var resolver = Resolver();

        Assert.Equal(TimeSpan.FromSeconds(100), Found(await resolver.GetAAsync(Name("mx.example.com"), Ct)).Ttl);
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(40), Found(await resolver.GetAAsync(Name("MX.example.com"), Ct)).Ttl);
        Assert.Equal(1, Server.CountOf("mx.example.com", DnsRecordType.A));

        Server.Remove("mx.example.com", DnsRecordType.A).AddAddress("mx.example.com", "192.0.2.2");
        Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("192.0.2.2", Assert.Single(Found(await resolver.GetAAsync(Name("mx.example.com"), Ct)).Records).ToString());
        Assert.Equal(2, Server.CountOf("mx.example.com", DnsRecordType.A));
    }

    [Fact]
    [Trait("rfc", "2308#5")]
    public async Task Get_Absence_IsKeptForTheTimeOfItsSoa()
    {
        Server.NegativeTtl = TimeSpan.FromSeconds(30);
        var resolver = Resolver();
        Assert.Equal(TimeSpan.FromSeconds(30), Absent(await resolver.GetMxAsync(Name("none.example"), Ct)).Ttl);
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(TimeSpan.FromSeconds(1), Absent(await resolver.GetMxAsync(Name("none.example"), Ct)).Ttl);
        Time.Advance(TimeSpan.FromSeconds(1));
        await resolver.GetMxAsync(Name("none.example"), Ct);
        Assert.Equal(2, Server.CountOf("none.example", DnsRecordType.Mx));
    }

    [Fact]
    public async Task Get_ChainOverSeveralAnswers_TtlIsTheLeastThatIsLeft()
    {
        Server.Aliases = DnsAliasAnswers.OneAtATime;
        Server.Ttl = TimeSpan.FromSeconds(100);
        Server.AddAlias("a.example", "b.example").AddAddress("b.example", "192.0.2.1");
        var resolver = Resolver();
        await resolver.GetAAsync(Name("b.example"), Ct);
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(40), Found(await resolver.GetAAsync(Name("a.example"), Ct)).Ttl);
    }

    [Theory]
    [InlineData(6, DnsFailure.Bogus, 30)]
    [InlineData(22, DnsFailure.ServerFailure, 5)]
    public async Task Get_Failure_IsKeptBriefly(int code, DnsFailure reason, int seconds)
    {
        Server.Misbehave("bad.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError((ushort)code, ""))).AddAddress("bad.example", "192.0.2.1");
        var resolver = Resolver();
        Assert.Equal(reason, Failed(await resolver.GetAAsync(Name("bad.example"), Ct)).Reason);
        Server.Heal("bad.example", DnsRecordType.A);
        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(reason, Failed(await resolver.GetAAsync(Name("bad.example"), Ct)).Reason);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Found(await resolver.GetAAsync(Name("bad.example"), Ct));
    }

    [Fact]
    public async Task Get_CacheBound_OldAnswersAreAskedAgain()
    {
        var resolver = Resolver(options => options.CacheEntries = 2);
        foreach (var name in new[] { "a.example", "b.example", "c.example", "c.example", "a.example" })
            await resolver.GetAAsync(Name(name), Ct);
        Assert.Equal((2, 1, 1), (Server.CountOf("a.example", DnsRecordType.A), Server.CountOf("b.example", DnsRecordType.A), Server.CountOf("c.example", DnsRecordType.A)));
    }

    [Fact]
    public async Task Get_EqualQuestionsAtOnce_AreSentOnce_AndOneMayLeave()
    {
        var hold = new TaskCompletionSource();
        Server.AddAddress("mx.example.com", "192.0.2.1").Misbehave("mx.example.com", DnsRecordType.A, new DnsServerFault.HoldUntil(hold.Task));
        var resolver = Resolver();
        using var leave = new CancellationTokenSource();
        var first = resolver.GetAAsync(Name("mx.example.com"), leave.Token).AsTask();
        var others = Enumerable.Range(0, 10).Select(_ => resolver.GetAAsync(Name("mx.example.com"), Ct).AsTask()).ToList();

        await leave.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(leave.Token, thrown.CancellationToken);
        hold.SetResult();

        Assert.All(await Task.WhenAll(others), answer => Found(answer));
        Assert.Equal(1, Server.CountOf("mx.example.com", DnsRecordType.A));
    }

    [Fact]
    public async Task Get_WhatIsKept_CannotBeChangedByWhoGotIt()
    {
        Server.AddAlias("a.example", "b.example").AddAddress("b.example", "192.0.2.1");
        var found = Found(await Resolver().GetAAsync(Name("a.example"), Ct));
        Assert.Throws<NotSupportedException>(() => ((IList<IPAddress>)found.Records)[0] = IPAddress.Loopback);
        Assert.Throws<NotSupportedException>(() => ((IList<AliasHop>)found.Aliases).Clear());
    }

    [Fact]
    public async Task Get_CancelledOrMisused_Throws()
    {
        var resolver = Resolver();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await resolver.GetAAsync(Name("a.example"), cancelled.Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await resolver.GetAAsync(default, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await resolver.GetMxAsync(default, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await resolver.GetTlsaAsync(default, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await resolver.GetDsAsync(default, Ct));
        Assert.Empty(Server.Queries);
    }

    [Fact]
    public async Task Dispose_WhileAsking_EndsTheWait()
    {
        Server.Misbehave("a.example", DnsRecordType.A, new DnsServerFault.Silence());
        var resolver = Resolver();
        var lookup = resolver.GetAAsync(Name("a.example"), Ct).AsTask();
        resolver.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lookup);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await resolver.GetAAsync(Name("a.example"), Ct));
        resolver.Dispose();
    }

    [Fact]
    public async Task Get_MorePlacesThanAllowed_WaitTheirTurn()
    {
        var hold = new TaskCompletionSource();
        Server.Misbehave("a.example", DnsRecordType.A, new DnsServerFault.HoldUntil(hold.Task));
        var resolver = Resolver(options => options.MaxConcurrentQueries = 1);
        var first = resolver.GetAAsync(Name("a.example"), Ct).AsTask();
        await Server.WaitForQueryAsync("a.example", DnsRecordType.A, 1, Ct);
        var second = resolver.GetAAsync(Name("b.example"), Ct).AsTask();
        Assert.Equal(0, Server.CountOf("b.example", DnsRecordType.A));
        hold.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(1, Server.CountOf("b.example", DnsRecordType.A));
    }

    [Fact]
    public async Task Path_OnLoopback_SaysWhy() =>
        Assert.Equal($"AD bit believed: every server is a loopback address ({Server.EndPoint}, from options)", (await Task.FromResult(Resolver())).Path.ToString());

    private static readonly Dictionary<string, Action<DnssecResolverOptions>> Spoils = new(StringComparer.Ordinal)
    {
        ["no port"] = options => options.Servers = [new IPEndPoint(IPAddress.Loopback, 0)],
        ["too many servers"] = options => options.Servers = [.. Enumerable.Repeat(new IPEndPoint(IPAddress.Loopback, 53), 17)],
        ["no servers list"] = options => options.Servers = null!,
        ["no file"] = options => options.ResolvConfPath = "",
        ["unknown trust"] = options => options.AdTrust = (AdTrust)3,
        ["no time"] = options => options.QueryTimeout = TimeSpan.Zero,
        ["endless time"] = options => options.QueryTimeout = Timeout.InfiniteTimeSpan,
        ["no attempt"] = options => options.Attempts = 0,
        ["an hour"] = options => options.LookupTimeout = TimeSpan.FromHours(1),
        ["negative aliases"] = options => options.MaxAliases = -1,
        ["no place"] = options => options.MaxConcurrentQueries = 0,
        ["negative cache"] = options => options.CacheEntries = -1,
        ["long TTL"] = options => options.MaxTtl = TimeSpan.FromDays(8),
        ["long denial"] = options => options.MaxNegativeTtl = TimeSpan.FromDays(2),
        ["long failure"] = options => options.FailureTtl = TimeSpan.FromMinutes(6),
        ["an anchor of an unknown algorithm"] = options => options.TrustAnchors = [TrustAnchors.Root[0] with { Algorithm = 253 }],
        ["an anchor of an unknown digest"] = options => options.TrustAnchors = [TrustAnchors.Root[0] with { DigestType = 9 }],
        ["an anchor of a digest cut off"] = options => options.TrustAnchors = [TrustAnchors.Root[0] with { Digest = new byte[31] }],
        ["an anchor of SHA-1, which is not checked"] = options => (options.Sha1, options.TrustAnchors) = (Sha1Use.TreatAsInsecure, [TrustAnchors.Root[0] with { Algorithm = 5 }]),
        ["negative bogus"] = options => options.BogusTtl = TimeSpan.FromMinutes(-1),
    };

    [Fact]
    public async Task Get_ServerByAMappedAddress_IsAskedByThePlainOne()
    {
        Server.AddAddress("a.example", "192.0.2.1");
        var resolver = Resolver(options => options.Servers = [new IPEndPoint(Server.EndPoint.Address.MapToIPv6(), Server.EndPoint.Port)]);
        Assert.IsType<DnsAnswer<IPAddress>.Found>(await resolver.GetAAsync(Name("a.example"), Ct));
        Assert.Equal([Server.EndPoint], resolver.Path.Servers);
    }

    public static TheoryData<string> OutOfRange => [.. Spoils.Keys];

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Constructor_OptionOutOfRange_IsRefused(string spoil)
    {
        var options = new DnssecResolverOptions();
        Spoils[spoil](options);
        Assert.ThrowsAny<ArgumentException>(() => new DnssecResolver(options));
    }

    [Fact]
    public async Task Constructor_OptionsChangedAfterwards_HaveNoEffect()
    {
        var server = new IPEndPoint(Server.EndPoint.Address, Server.EndPoint.Port);
        var options = new DnssecResolverOptions { Servers = [server] };
        using var resolver = new DnssecResolver(options, Time);
        options.Servers = [];
        options.MaxAliases = -5;
        server.Port = 1;                                // the path was judged for the server as it was
        Assert.Equal(Server.EndPoint, resolver.Path.Servers[0]);
        resolver.Path.Servers[0].Port = 1;
        Server.AddAlias("a.example", "b.example").AddAddress("b.example", "192.0.2.1");
        Found(await resolver.GetAAsync(Name("a.example"), Ct));
    }

    private static DnsAnswer<T>.Found Found<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Found>(answer);

    private static DnsAnswer<T>.Absent Absent<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Absent>(answer);

    private static DnsAnswer<T>.Failed Failed<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Failed>(answer);
}
