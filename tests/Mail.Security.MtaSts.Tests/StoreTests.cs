namespace Mail.Security.MtaSts.Tests;

public sealed class StoreTests
{
    private static readonly MtaStsPolicy Policy = ((MtaStsPolicyParseResult.Valid)MtaStsPolicy.Parse(PolicyHost.Good)).Policy;

    [Fact]
    public async Task Set_BeyondTheCapacity_DropsTheLongestUnused()
    {
        var store = new InMemoryMtaStsStore(2);
        await store.SetAsync(Entry("a.example"), TestContext.Current.CancellationToken);
        await store.SetAsync(Entry("b.example"), TestContext.Current.CancellationToken);
        Assert.NotNull(await GetAsync(store, "a.example"));
        await store.SetAsync(Entry("c.example"), TestContext.Current.CancellationToken);
        Assert.Null(await GetAsync(store, "b.example"));
        Assert.NotNull(await GetAsync(store, "a.example"));
        Assert.NotNull(await GetAsync(store, "c.example"));
    }

    [Fact]
    public async Task Set_Again_Replaces()
    {
        var store = new InMemoryMtaStsStore(1);
        await store.SetAsync(Entry("a.example"), TestContext.Current.CancellationToken);
        await store.SetAsync(Entry("a.example") with { PolicyId = "2" }, TestContext.Current.CancellationToken);
        Assert.Equal("2", (await GetAsync(store, "a.example"))?.PolicyId);
        await store.RemoveAsync(Domain("a.example"), TestContext.Current.CancellationToken);
        Assert.Null(await GetAsync(store, "a.example"));
    }

    private static ValueTask<CachedMtaStsPolicy?> GetAsync(InMemoryMtaStsStore store, string domain) => store.GetAsync(Domain(domain), TestContext.Current.CancellationToken);

    private static RecipientDomain Domain(string name) => new(DomainName.Parse(name));

    private static CachedMtaStsPolicy Entry(string domain) => new(Domain(domain), "1", Policy, DateTimeOffset.UnixEpoch);
}
