using Mail.Security.MtaSts;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>MTA-STS policies that outlive the process (RFC 8461 §10.2).</summary>
[Trait("rfc", "8461#10.2")]
public sealed class SqliteMtaStsStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetAsync_ThenRestart_EntryIsGivenBackAsItWas()
    {
        await using var bench = new StoreBench();
        var entry = Entry("bücher.example", "id1", "mx.bücher.example");
        await new SqliteMtaStsStore(bench.Database).SetAsync(entry, Token);
        await bench.RestartAsync();
        Assert.Equal(entry, await new SqliteMtaStsStore(bench.Database).GetAsync(entry.Domain, Token));
    }

    [Fact]
    public async Task SetAsync_Again_ReplacesTheEntryOfThatDomainOnly()
    {
        await using var bench = new StoreBench();
        var store = new SqliteMtaStsStore(bench.Database);
        await store.SetAsync(Entry("one.example", "old", "a.one.example"), Token);
        await store.SetAsync(Entry("two.example", "other", "a.two.example"), Token);
        await store.SetAsync(Entry("one.example", "new", "b.one.example"), Token);
        Assert.Equal(Entry("one.example", "new", "b.one.example"), await store.GetAsync(StoreBench.Domain("one.example"), Token));
        Assert.Equal("other", (await store.GetAsync(StoreBench.Domain("two.example"), Token))!.PolicyId);
    }

    [Fact]
    public async Task RemoveAsync_PresentOrNot_EntryIsGone()
    {
        await using var bench = new StoreBench();
        var store = new SqliteMtaStsStore(bench.Database);
        await store.RemoveAsync(StoreBench.Domain("one.example"), Token);
        await store.SetAsync(Entry("one.example", "id", "a.one.example"), Token);
        await store.RemoveAsync(StoreBench.Domain("one.example"), Token);
        Assert.Null(await store.GetAsync(StoreBench.Domain("one.example"), Token));
    }

    [Fact]
    public async Task GetAsync_UnreadableText_ForgottenWithALogLine()
    {
        await using var bench = new StoreBench();
        var store = new SqliteMtaStsStore(bench.Database);
        await store.SetAsync(Entry("one.example", "id", "a.one.example"), Token);
        bench.Execute("UPDATE mta_sts_policy SET text = 'version: none'");
        Assert.Null(await store.GetAsync(StoreBench.Domain("one.example"), Token));
        Assert.Equal(1, bench.Log.Count(1704));
    }

    [Fact]
    public async Task GetAsync_DatabaseUnusable_IOExceptionAndNeverNoPolicy()
    {
        await using var bench = new StoreBench(options => options.Path = Path.Combine(options.Path, "nowhere", "queue.db"));
        var thrown = await Assert.ThrowsAsync<IOException>(async () => await new SqliteMtaStsStore(bench.Database).GetAsync(StoreBench.Domain("one.example"), Token));
        Assert.Contains("unavailable", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetAsync_DatabaseLocked_LoggedAndNotThrown()
    {
        await using var bench = new StoreBench();
        var store = new SqliteMtaStsStore(bench.Database);
        await bench.Database.OpenAsync(Token);
        using (var blocker = bench.Connect())
        {
            StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
            await store.SetAsync(Entry("one.example", "id", "a.one.example"), Token);
        }
        Assert.Equal(1, bench.Log.Count(1703));
        Assert.Null(await store.GetAsync(StoreBench.Domain("one.example"), Token));
    }

    private static CachedMtaStsPolicy Entry(string domain, string id, string mx)
    {
        var text = $"version: STSv1\r\nmode: enforce\r\nmx: {DomainName.Parse(mx).Ascii}\r\nmax_age: 86400\r\n";
        var policy = Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(text)).Policy;
        return new CachedMtaStsPolicy(StoreBench.Domain(domain), id, policy, StoreBench.Start.AddTicks(7));
    }
}
