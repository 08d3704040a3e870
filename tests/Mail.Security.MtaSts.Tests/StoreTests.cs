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
    public async Task Set_PoliciesOfTheGreatestSize_AreBoundedTogether()
    {
        var store = new InMemoryMtaStsStore();
        var large = ((MtaStsPolicyParseResult.Valid)MtaStsPolicy.Parse($"{PolicyHost.Good}x: {new string('x', 65_000)}\n")).Policy;
        for (var index = 0; index < 300; index++)
            await store.SetAsync(Entry($"d{index}.example") with { Policy = large }, TestContext.Current.CancellationToken);
        var kept = 0;
        for (var index = 0; index < 300; index++)
            kept += await GetAsync(store, $"d{index}.example") is null ? 0 : 1;
        Assert.Equal((16 << 20) / large.Text.Length, kept);
        Assert.Null(await GetAsync(store, "d0.example"));
        Assert.NotNull(await GetAsync(store, "d299.example"));

        // What is replaced or removed makes room again.
        for (var index = 0; index < 300; index++)
            await store.SetAsync(Entry("d299.example") with { Policy = large }, TestContext.Current.CancellationToken);
        Assert.NotNull(await GetAsync(store, "d298.example"));
        for (var index = 0; index < 299; index++)
            await store.RemoveAsync(Domain($"d{index}.example"), TestContext.Current.CancellationToken);
        for (var index = 0; index < 200; index++)
            await store.SetAsync(Entry($"e{index}.example") with { Policy = large }, TestContext.Current.CancellationToken);
        Assert.NotNull(await GetAsync(store, "d299.example"));
    }

    [Fact]
    public async Task Set_PolicyLargerThanTheStore_IsKeptAlone()
    {
        var store = new InMemoryMtaStsStore();
        var huge = ((MtaStsPolicyParseResult.Valid)MtaStsPolicy.Parse($"{PolicyHost.Good}x: {new string('x', 17 << 20)}\n")).Policy;
        await store.SetAsync(Entry("a.example"), TestContext.Current.CancellationToken);
        await store.SetAsync(Entry("b.example") with { Policy = huge }, TestContext.Current.CancellationToken);
        Assert.Null(await GetAsync(store, "a.example"));
        Assert.NotNull(await GetAsync(store, "b.example"));
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
