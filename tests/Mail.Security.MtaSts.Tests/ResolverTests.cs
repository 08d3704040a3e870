using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.MtaSts.Tests;

public sealed class ResolverTests
{
    private static readonly RecipientDomain Domain = new(DomainName.Parse("example.com"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461#5.1")]
    public async Task DecideAsync_FirstUse_FetchesAndThenUsesTheCache()
    {
        await using var world = new World();
        var first = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        world.Time.Advance(TimeSpan.FromHours(1));
        var second = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());

        Assert.Equal((PolicyOrigin.Fetched, TimeSpan.Zero, "1", null), (first.Origin, first.Age, first.PolicyId, first.RefreshFailure));
        Assert.Equal((PolicyOrigin.Cache, TimeSpan.FromHours(1), "1", null), (second.Origin, second.Age, second.PolicyId, second.RefreshFailure));
        Assert.Equal(1, world.Host.Requests);
        Assert.Equal(2, world.Resolver.Asked.Count(question => question == "TXT _mta-sts.example.com"));
        Assert.DoesNotContain(world.Resolver.Asked, question => question.EndsWith(" example.com", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("rfc", "8461#3.1")]
    [InlineData("", MtaStsAbsence.NoRecord)]
    [InlineData("v=spf1 -all", MtaStsAbsence.NoRecord)]
    [InlineData("v=STSv1; id=1|v=STSv1; id=1", MtaStsAbsence.SeveralRecords)]
    [InlineData("v=STSv1; id=", MtaStsAbsence.InvalidRecord)]
    public async Task DecideAsync_NoUsableRecordAndNoCache_None(string texts, MtaStsAbsence why)
    {
        await using var world = new World { Texts = texts.Length == 0 ? null : texts };
        Assert.Equal(why, Assert.IsType<MtaStsDecision.None>(await world.DecideAsync()).Why);
        Assert.Equal(0, world.Host.Requests);
    }

    [Theory]
    [Trait("rfc", "8461#3.3")]
    [InlineData("")]
    [InlineData("v=STSv1; id=1|v=STSv1; id=2")]
    [InlineData("v=STSv1; id=")]
    [InlineData("fails")]
    public async Task DecideAsync_NoUsableRecordButCached_TheCachedPolicyStands(string texts)
    {
        await using var world = new World();
        await world.DecideAsync();
        world.Texts = texts.Length == 0 ? null : texts;
        if (texts == "fails")
            world.Resolver.Failures["TXT _mta-sts.example.com"] = DnsFailure.Bogus;
        var decision = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        Assert.Equal(PolicyOrigin.Cache, decision.Origin);
        Assert.NotNull(decision.RefreshFailure);
    }

    [Theory]
    [InlineData(DnsFailure.Timeout)]
    [InlineData(DnsFailure.Bogus)]
    [InlineData(DnsFailure.ServerFailure)]
    public async Task DecideAsync_LookupFailsWithoutCache_Defers(DnsFailure failure)
    {
        await using var world = new World();
        world.Resolver.Failures["TXT _mta-sts.example.com"] = failure;
        Assert.Equal(failure, Assert.IsType<MtaStsDecision.Defer>(await world.DecideAsync()).Reason);
    }

    [Fact]
    [Trait("rfc", "8461#5.1")]
    public async Task DecideAsync_CachedPolicyPastItsMaxAge_IsNoLongerApplied()
    {
        await using var world = new World();
        await world.DecideAsync();
        world.Texts = null;
        world.Time.Advance(TimeSpan.FromSeconds(86400));
        Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MtaStsAbsence.NoRecord, Assert.IsType<MtaStsDecision.None>(await world.DecideAsync()).Why);
    }

    [Fact]
    [Trait("rfc", "8461#3.1")]
    public async Task DecideAsync_NewVersion_IsFetchedAndReplacesTheOld()
    {
        await using var world = new World();
        await world.DecideAsync();
        world.Texts = "v=STSv1; id=2";
        world.Body = PolicyHost.Good.Replace("enforce", "testing", StringComparison.Ordinal);
        var decision = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        Assert.Equal((MtaStsMode.Testing, "2", PolicyOrigin.Fetched), (decision.Policy.Mode, decision.PolicyId, decision.Origin));
        Assert.Equal("2", (await world.Store.GetAsync(Domain, Token))?.PolicyId);
    }

    [Fact]
    [Trait("rfc", "8461#3.3")]
    public async Task DecideAsync_NewVersionCannotBeFetched_TheCachedOneStandsAndTheHostIsLeftAlone()
    {
        await using var world = new World();
        await world.DecideAsync();
        world.Texts = "v=STSv1; id=2";
        world.Body = "broken";
        for (var i = 0; i < 3; i++)
        {
            var decision = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
            Assert.Equal((MtaStsMode.Enforce, "1"), (decision.Policy.Mode, decision.PolicyId));
            Assert.NotNull(decision.RefreshFailure);
        }
        Assert.Equal(2, world.Host.Requests);
    }

    [Fact]
    [Trait("rfc", "8461#3.3")]
    public async Task DecideAsync_FetchFailsWithoutCache_NoneAndFiveMinutesOfPeacePerVersion()
    {
        await using var world = new World { Body = "broken" };
        var first = Assert.IsType<MtaStsDecision.None>(await world.DecideAsync());
        Assert.Equal((MtaStsAbsence.FetchFailed, MtaStsFetchFailure.Policy), (first.Why, first.FetchFailure));
        world.Time.Advance(TimeSpan.FromMinutes(4.9));
        var second = Assert.IsType<MtaStsDecision.None>(await world.DecideAsync());
        Assert.Equal((MtaStsAbsence.FetchBackoff, MtaStsFetchFailure.Policy), (second.Why, second.FetchFailure));
        Assert.Equal(1, world.Host.Requests);

        world.Texts = "v=STSv1; id=2";
        await world.DecideAsync();
        Assert.Equal(2, world.Host.Requests);

        world.Body = PolicyHost.Good;
        world.Time.Advance(TimeSpan.FromMinutes(5.1));
        Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        Assert.Equal(3, world.Host.Requests);
    }

    [Fact]
    [Trait("rfc", "8461#5")]
    public async Task DecideAsync_ModeNone_WithdrawsAndIsCached()
    {
        await using var world = new World();
        await world.DecideAsync();
        world.Texts = "v=STSv1; id=2";
        world.Body = "version: STSv1\nmode: none\nmax_age: 86400\n";
        Assert.Equal(MtaStsAbsence.ModeNone, Assert.IsType<MtaStsDecision.None>(await world.DecideAsync()).Why);
        Assert.Equal(MtaStsAbsence.ModeNone, Assert.IsType<MtaStsDecision.None>(await world.DecideAsync()).Why);
        Assert.Equal(2, world.Host.Requests);
    }

    [Fact]
    [Trait("rfc", "8461#3.3")]
    public async Task DecideAsync_SameVersionOlderThanADay_IsRefreshedBeforeItExpires()
    {
        await using var world = new World { Body = PolicyHost.Good.Replace("86400", "864000", StringComparison.Ordinal) };
        await world.DecideAsync();
        world.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(PolicyOrigin.Fetched, Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync()).Origin);

        world.Time.Advance(TimeSpan.FromHours(25));
        world.Body = "broken";
        var kept = Assert.IsType<MtaStsDecision.InForce>(await world.DecideAsync());
        Assert.Equal((PolicyOrigin.Cache, TimeSpan.FromHours(25)), (kept.Origin, kept.Age));
        Assert.NotNull(kept.RefreshFailure);
    }

    [Fact]
    public async Task DecideAsync_ManyAtOnce_LookUpAndFetchOnce()
    {
        await using var world = new World();
        world.Resolver.Gate = new TaskCompletionSource();
        var decisions = Enumerable.Range(0, 20).Select(_ => world.DecideAsync()).ToList();
        world.Resolver.Gate.SetResult();
        await Task.WhenAll(decisions);
        Assert.Equal(1, world.Host.Requests);
        Assert.Single(world.Resolver.Asked, question => question.StartsWith("TXT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DecideAsync_OneCallerGivesUp_TheOthersGetTheirDecision()
    {
        await using var world = new World();
        world.Resolver.Gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var gone = world.Decider.DecideAsync(Domain, impatient.Token).AsTask();
        var patient = world.DecideAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        world.Resolver.Gate.SetResult();
        Assert.IsType<MtaStsDecision.InForce>(await patient);
    }

    [Fact]
    [Trait("rfc", "8461#3.4")]
    public async Task DecideAsync_Subdomain_NeverAsksTheParent()
    {
        await using var world = new World();
        var decision = await world.Decider.DecideAsync(new RecipientDomain(DomainName.Parse("sub.example.com")), Token);
        Assert.Equal(MtaStsAbsence.NoRecord, Assert.IsType<MtaStsDecision.None>(decision).Why);
        Assert.All(world.Resolver.Asked, question => Assert.Contains("sub.example.com", question, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DecideAsync_NameTooLongForARecord_None()
    {
        await using var world = new World();
        var name = string.Join('.', Enumerable.Repeat(new string('a', 61), 4));    // 247 characters: no room for another label
        var decision = await world.Decider.DecideAsync(new RecipientDomain(DomainName.Parse(name)), Token);
        Assert.Equal(MtaStsAbsence.NoRecord, Assert.IsType<MtaStsDecision.None>(decision).Why);
        Assert.Empty(world.Resolver.Asked);
    }

    private sealed class World : IAsyncDisposable
    {
        public World()
        {
            Host = new PolicyHost((stream, cancellationToken) => PolicyHost.Answer(Body)(stream, cancellationToken));
            Texts = "v=STSv1; id=1;";
            Resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
            var options = new MtaStsOptions { Port = Host.Port, ExtraRoots = new X509Certificate2Collection(TestCertificates.Root) };
            Decider = new MtaStsResolver(Resolver, Store, new MtaStsFetcher(Resolver, options), options, Time);
        }

        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        public FakeResolver Resolver { get; } = new();

        public InMemoryMtaStsStore Store { get; } = new();

        public PolicyHost Host { get; }

        public MtaStsResolver Decider { get; }

        public string Body { get; set; } = PolicyHost.Good;

        public string? Texts
        {
            set
            {
                if (value is null)
                    Resolver.Texts.TryRemove("_mta-sts.example.com", out _);
                else
                    Resolver.Texts["_mta-sts.example.com"] = value.Split('|');
            }
        }

        public Task<MtaStsDecision> DecideAsync() => Decider.DecideAsync(Domain, Token).AsTask();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
