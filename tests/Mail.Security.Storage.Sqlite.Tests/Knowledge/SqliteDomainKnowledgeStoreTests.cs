using Mail.Security.Delivery;

namespace Mail.Security.Storage.Sqlite.Tests;

public sealed class SqliteDomainKnowledgeStoreTests
{
    private static readonly DomainKnowledge Some = new(StoreBench.Start, KnownTls.Authenticated, KnownRequireTls.Unmet);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_Knowledge_OutlivesTheProcess()
    {
        await using var bench = new StoreBench();
        var domain = StoreBench.Domain("a.example");
        Assert.Null(await new SqliteDomainKnowledgeStore(bench.Database).GetAsync(domain, Token));
        await new SqliteDomainKnowledgeStore(bench.Database).SetAsync(domain, Some, Token);
        await new SqliteDomainKnowledgeStore(bench.Database).SetAsync(domain, Some with { Tls = KnownTls.None }, Token);
        await bench.RestartAsync();
        Assert.Equal(Some with { Tls = KnownTls.None }, await new SqliteDomainKnowledgeStore(bench.Database).GetAsync(domain, Token));
    }

    [Fact]
    public async Task Get_ValuesOfALaterVersion_NotKnown()
    {
        await using var bench = new StoreBench();
        var store = new SqliteDomainKnowledgeStore(bench.Database);
        await store.SetAsync(StoreBench.Domain("a.example"), Some, Token);
        bench.Execute("UPDATE domain_knowledge SET tls = 200");
        Assert.Null(await store.GetAsync(StoreBench.Domain("a.example"), Token));
    }

    [Fact]
    public async Task SetAndGet_DatabaseInTrouble_NothingIsKnownAndItIsLogged()
    {
        await using var bench = new StoreBench(static options => options.Path = Path.Combine(Path.GetDirectoryName(options.Path)!, "missing", "queue.db"));
        var store = new SqliteDomainKnowledgeStore(bench.Database);
        await store.SetAsync(StoreBench.Domain("a.example"), Some, Token);
        Assert.Null(await store.GetAsync(StoreBench.Domain("a.example"), Token));
        Assert.Equal(2, bench.Log.Count(1707));
    }
}
