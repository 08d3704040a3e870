using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

public sealed class QueueAdministrationTests
{
    private static readonly TransportName Relay = TransportName.Parse("relay");
    private static readonly DeliveryRoutes WithRelay = new(new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [Relay] = new TransportDefinition.Fail() }));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task SetTransport_OfTheCatalog_HoldsUntilItIsTakenBack(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        var administration = new QueueAdministration(bench.Store, new DeliveryRouting(WithRelay));
        var (id, other) = (await bench.AddAsync("b@one.example", "c@two.example"), await bench.AddAsync("b@one.example"));

        Assert.IsType<TransportChange.Done>(await administration.SetTransportAsync(id, Relay, Token));
        Assert.Equal(["relay", "relay", ""], (await bench.ListAsync()).Select(static entry => entry.Transport.Value));
        Assert.NotEqual(id, other);

        Assert.IsType<TransportChange.Done>(await administration.SetTransportAsync(id, default, Token));
        Assert.All(await bench.ListAsync(), static entry => Assert.True(entry.Transport.IsEmpty));
    }

    [Fact]
    public async Task SetTransport_NotInTheCatalogInForce_RefusedAndTheStoreIsNotAsked()
    {
        await using var bench = new RunnerBench();
        bench.Store.Trouble = static call => call == StoreCall.SetTransport ? throw new InvalidOperationException() : null;
        var routing = new DeliveryRouting(WithRelay);
        var administration = new QueueAdministration(bench.Store, routing);
        var id = await bench.AddAsync("b@one.example");
        routing.Replace(DeliveryRoutes.Default);
        Assert.Equal([TransportName.Direct], Assert.IsType<TransportChange.NoSuchTransport>(await administration.SetTransportAsync(id, Relay, Token)).Known);
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task SetTransport_NoSuchMessage_IsSaid(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        Assert.IsType<TransportChange.NoSuchMessage>(await new QueueAdministration(bench.Store, new DeliveryRouting()).SetTransportAsync(new QueueMessageId(7), TransportName.Direct, Token));
    }

    [Fact]
    public async Task SetTransport_StoreInTrouble_ItsReason()
    {
        await using var bench = new RunnerBench();
        bench.Store.Trouble = static call => call == StoreCall.SetTransport ? StoreFailure.Locked : null;
        var change = await new QueueAdministration(bench.Store, new DeliveryRouting()).SetTransportAsync(await bench.AddAsync("b@one.example"), TransportName.Direct, Token);
        Assert.Equal(StoreFailure.Locked, Assert.IsType<TransportChange.Unavailable>(change).Reason);
    }
}
