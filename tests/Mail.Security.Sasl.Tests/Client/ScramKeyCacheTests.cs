using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Sasl.Tests;

public sealed class ScramKeyCacheTests
{
    [Fact]
    [Trait("rfc", "5802#5.1")]
    public async Task Exchange_Again_DerivesOnce()
    {
        var cache = new ScramKeyCache();
        var accounts = Accounts.With("user", "pencil");
        for (var i = 0; i < 3; i++)
            Assert.True((await RunAsync(cache, accounts, "pencil")).Authenticated);
        Assert.Equal(1, cache.Derivations);
    }

    [Fact]
    public async Task Exchange_AnotherPasswordOrSalt_DerivesAgain()
    {
        var cache = new ScramKeyCache();
        var accounts = Accounts.With("user", "pencil");
        await RunAsync(cache, accounts, "pencil");
        Assert.False((await RunAsync(cache, accounts, "pen")).Authenticated);
        Assert.Equal(2, cache.Derivations);
        accounts.Set("user", "pencil", ScramHash.Sha256);               // the same password, another salt
        Assert.True((await RunAsync(cache, accounts, "pencil")).Authenticated);
        Assert.Equal(3, cache.Derivations);
    }

    [Fact]
    public async Task Exchange_AfterTheLifetime_DerivesAgain()
    {
        var time = new FakeTimeProvider();
        var cache = new ScramKeyCache(1, TimeSpan.FromMinutes(1), time);
        var accounts = Accounts.With("user", "pencil");
        await RunAsync(cache, accounts, "pencil");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await RunAsync(cache, accounts, "pencil")).Authenticated);
        Assert.Equal(2, cache.Derivations);
    }

    [Fact]
    public async Task Exchange_ManyAtOnce_DeriveOnce()
    {
        var cache = new ScramKeyCache();
        var accounts = Accounts.With("user", "pencil");
        var ends = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync(cache, accounts, "pencil")));
        Assert.All(ends, end => Assert.True(end.Authenticated));
        Assert.Equal(1, cache.Derivations);
    }

    [Fact]
    public async Task Respond_CancelledDuringTheDerivation_LeavesTheKeysForTheNext()
    {
        var cache = new ScramKeyCache();
        using var credentials = new SaslCredentials("user", "pencil");
        using var cancel = new CancellationTokenSource();
        using var client = Scram.Client(credentials, nonce: "fyko+d2lbbFgONRv9qkx", options: new SaslClientOptions { KeyCache = cache });
        await client.BeginAsync();
        var responding = client.RespondAsync(Exchange.Utf8("r=fyko+d2lbbFgONRv9qkx3rfcNHYJ,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=400000"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => responding);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.FinishAsync());

        using var second = Scram.Client(credentials, nonce: "fyko+d2lbbFgONRv9qkx", options: new SaslClientOptions { KeyCache = cache });
        await second.BeginAsync();
        Assert.IsType<SaslClientStep.Send>(await second.AnswerAsync(Exchange.Utf8("r=fyko+d2lbbFgONRv9qkx3rfcNHYJ,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=400000")));
        Assert.Equal(1, cache.Derivations);
    }

    [Fact]
    public async Task Respond_WithoutACache_DerivesOnAnotherThread()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, nonce: "fyko+d2lbbFgONRv9qkx");
        await client.BeginAsync();
        var responding = client.RespondAsync(Exchange.Utf8("r=fyko+d2lbbFgONRv9qkx3rfcNHYJ,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000"), TestContext.Current.CancellationToken);
        Assert.False(responding.IsCompleted);           // the caller has its thread back while the keys are made
        Assert.IsType<SaslClientStep.Send>(await responding);
    }

    [Fact]
    public void Constructor_NoRoomOrNoTime_IsMisuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScramKeyCache(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScramKeyCache(1, TimeSpan.Zero));
    }

    private static async Task<ExchangeEnd> RunAsync(ScramKeyCache cache, Accounts accounts, string password)
    {
        using var credentials = new SaslCredentials("user", password);
        using var client = Scram.Client(credentials, options: new SaslClientOptions { KeyCache = cache });
        using var server = Scram.Server(accounts);
        return await Exchange.RunAsync(client, server);
    }
}
