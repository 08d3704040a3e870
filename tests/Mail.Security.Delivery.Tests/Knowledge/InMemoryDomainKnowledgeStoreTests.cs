namespace Mail.Security.Delivery.Tests;

public sealed class InMemoryDomainKnowledgeStoreTests
{
    private static readonly DomainKnowledge Some = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), KnownTls.Encrypted, KnownRequireTls.Unmet);

    [Fact]
    public async Task Set_BeyondTheCapacity_TheLeastUsedIsForgotten()
    {
        var store = new InMemoryDomainKnowledgeStore(2);
        var cancel = TestContext.Current.CancellationToken;
        foreach (var name in (string[])["a.test", "b.test"])
            await store.SetAsync(DeliveryWorld.Domain(name), Some, cancel);
        Assert.Equal(Some, await store.GetAsync(DeliveryWorld.Domain("a.test"), cancel));
        await store.SetAsync(DeliveryWorld.Domain("a.test"), Some with { Tls = KnownTls.None }, cancel);
        await store.SetAsync(DeliveryWorld.Domain("c.test"), Some, cancel);

        Assert.Equal(KnownTls.None, (await store.GetAsync(DeliveryWorld.Domain("a.test"), cancel))?.Tls);
        Assert.Null(await store.GetAsync(DeliveryWorld.Domain("b.test"), cancel));
        Assert.NotNull(await store.GetAsync(DeliveryWorld.Domain("c.test"), cancel));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryDomainKnowledgeStore(0));
    }
}
