using Mail.Security.Dnssec;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>The keys of trust points (RFC 5011) that outlive the process, and are never taken for fewer than they are.</summary>
public sealed class SqliteTrustAnchorStoreTests
{
    private static readonly TrackedAnchor[] Every =
    [
        .. Enum.GetValues<TrustAnchorState>().Select(static state => new TrackedAnchor(TrustAnchors.Root[0] with { KeyTag = (ushort)state }, state, StoreBench.Start.AddTicks(7))),
        new(TrustAnchors.Root[1] with { Zone = DomainName.Parse("bücher.example") }, TrustAnchorState.AddPending, StoreBench.Start) { AcceptAt = StoreBench.Start.AddDays(30), Witnesses = TrustAnchors.Root },
        new(new TrustAnchor(DomainName.ParseLax("_z.example"), ushort.MaxValue, 250, 9, new byte[] { 1 }), TrustAnchorState.Valid, DateTimeOffset.MinValue) { IsConfigured = true, IsLearnt = true },
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SaveAsync_ThenRestart_EveryStateComesBackAsItWas()
    {
        await using var bench = new StoreBench();
        Assert.Empty(await new SqliteTrustAnchorStore(bench.Database).LoadAsync(Token));
        await new SqliteTrustAnchorStore(bench.Database).SaveAsync(Every, Token);
        await bench.RestartAsync();
        Assert.Equal(Every.Select(Text), (await new SqliteTrustAnchorStore(bench.Database).LoadAsync(Token)).Select(Text));
    }

    [Fact]
    public async Task SaveAsync_Again_ReplacesAll()
    {
        await using var bench = new StoreBench();
        var store = new SqliteTrustAnchorStore(bench.Database);
        await store.SaveAsync(Every, Token);
        await store.SaveAsync([Every[^2]], Token);
        Assert.Equal([Text(Every[^2])], (await store.LoadAsync(Token)).Select(Text));
        await store.SaveAsync([], Token);
        Assert.Empty(await store.LoadAsync(Token));
        Assert.Equal(0, bench.Count("SELECT count(*) FROM trust_anchor_witness"));
    }

    [Fact]
    public async Task SaveAsync_FailsInTheMiddle_WhatWasThereStaysWhole()
    {
        await using var bench = new StoreBench();
        var store = new SqliteTrustAnchorStore(bench.Database);
        await store.SaveAsync(Every, Token);
        bench.Execute("CREATE TRIGGER stop BEFORE INSERT ON trust_anchor WHEN NEW.id > 2 BEGIN SELECT RAISE(ABORT, 'no more'); END");
        await Assert.ThrowsAsync<IOException>(async () => await store.SaveAsync([.. Every.Reverse()], Token));
        Assert.Equal(Every.Select(Text), (await store.LoadAsync(Token)).Select(Text));
    }

    [Fact]
    public async Task SaveAsync_DatabaseLocked_ThrowsAndWorksAgain()
    {
        await using var bench = new StoreBench();
        var store = new SqliteTrustAnchorStore(bench.Database);
        await store.SaveAsync([Every[0]], Token);
        using (var blocker = bench.Connect())
        {
            StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
            Assert.Contains("Locked", (await Assert.ThrowsAsync<IOException>(async () => await store.SaveAsync(Every, Token))).Message, StringComparison.Ordinal);
            Assert.Equal([Text(Every[0])], (await store.LoadAsync(Token)).Select(Text));
            StoreBench.Scalar(blocker, "ROLLBACK");
        }
        await store.SaveAsync(Every, Token);
        Assert.Equal(Every.Length, (await store.LoadAsync(Token)).Count);
    }

    [Theory]
    [InlineData("UPDATE trust_anchor SET state = 6 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET state = 257 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET key_tag = 65536 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET algorithm = -1 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET digest_type = 256 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET zone = '..' WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET since = -1 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor SET accept_at = 9223372036854775807 WHERE id = 3")]
    [InlineData("UPDATE trust_anchor_witness SET zone = ' '")]
    [InlineData("DROP TABLE trust_anchor")]
    [InlineData("DROP TABLE trust_anchor_witness")]
    public async Task LoadAsync_RowsThatNobodyWrites_AreNeverTakenForNothing(string damage)
    {
        await using var bench = new StoreBench();
        var store = new SqliteTrustAnchorStore(bench.Database);
        await store.SaveAsync(Every, Token);
        bench.Execute(damage);
        await Assert.ThrowsAsync<IOException>(async () => await store.LoadAsync(Token));
    }

    [Fact]
    public async Task LoadAsync_DatabaseUnusable_IsAnIOException()
    {
        await using var bench = new StoreBench(options => options.Path = Path.Combine(options.Path, "nowhere", "queue.db"));
        await Assert.ThrowsAsync<IOException>(async () => await new SqliteTrustAnchorStore(bench.Database).LoadAsync(Token));
    }

    /// <summary>The version before this store: its mail stays, and the tables are made.</summary>
    [Fact]
    public async Task LoadAsync_FileOfTheFourthVersion_IsBroughtUpToDate()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        await bench.Database.DisposeAsync();
        bench.Execute("DROP TABLE trust_anchor_witness; DROP TABLE trust_anchor; PRAGMA user_version=4");
        bench.Open();
        var store = new SqliteTrustAnchorStore(bench.Database);
        Assert.Empty(await store.LoadAsync(Token));
        await store.SaveAsync(Every, Token);
        Assert.Equal(Every.Length, (await store.LoadAsync(Token)).Count);
        Assert.Single(await bench.ListAsync());
    }

    /// <summary>A resolver whose store cannot be read answers nothing: a configured key may have been revoked.</summary>
    [Fact]
    [Trait("rfc", "5011#4.2")]
    public async Task Resolver_StoreThatCannotBeRead_FailsLookups()
    {
        await using var bench = new StoreBench();
        var store = new SqliteTrustAnchorStore(bench.Database);
        await store.SaveAsync(Every, Token);
        bench.Execute("UPDATE trust_anchor SET state = 9");
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Mode = DnssecMode.Validate, Servers = [new(System.Net.IPAddress.Loopback, 1)], TrustAnchorStore = store });
        var failed = Assert.IsType<DnsAnswer<MxRecord>.Failed>(await resolver.GetMxAsync(DomainName.Parse("one.example"), Token));
        Assert.Contains("store of trust anchors", failed.Detail, StringComparison.Ordinal);
        Assert.NotEmpty((await resolver.UpdateTrustAnchorsAsync(Token)).Failures);
    }

    private static string Text(TrackedAnchor one) => $"{one.Anchor} {one.State} {one.IsConfigured} {one.IsLearnt} {one.Since:O} {one.AcceptAt:O} {string.Join(", ", one.Witnesses)}";
}
