using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Rollover;

/// <summary>A resolver whose zone changes keys while the clock moves: which of them it believes.</summary>
public sealed class RolloverTests : ResolverTest
{
    private const string Host = "h.example";
    private static readonly byte[] Address = [192, 0, 2, 1];
    private readonly AnchorKey _a = new(), _b = new(), _c = new();
    private readonly InMemoryTrustAnchorStore _store = new();

    [Fact]
    [Trait("rfc", "5011#6.3")]
    public async Task Update_KeyRollover_TheNewKeyIsAnAnchorAfterItsTrial_AndTheOldOneEndsAtOnce()
    {
        var resolver = Validating();
        Publish([_a, _b], [_a], _a);
        Assert.Equal(["AddPending"], (await UpdateAsync(resolver)).Changes.Select(static change => change.To.ToString()));
        await PassAsync(resolver, days: 31, () => Publish([_a, _b], [_a], _a));
        Assert.Equal(2, InForce());
        Assert.Equal(DnsSecurity.Secure, await LookAsync(resolver));

        // The old key is taken back; what it proved is forgotten, and the new one stands alone.
        _a.Flags |= 0x80;
        Publish([_a, _b], [_a, _b], _b);
        Time.Advance(TimeSpan.FromDays(2));
        Publish([_a, _b], [_a, _b], _b);
        var update = await UpdateAsync(resolver);
        Assert.Equal(["Valid, now Revoked"], update.Changes.Select(static change => $"{change.From}, now {change.To}"));
        Assert.Equal((1, DnsSecurity.Secure), (InForce(), await LookAsync(resolver)));

        // A resolver that starts anew with the old key configured does not believe it again.
        _a.Flags = 257;
        Publish([_a], [_a], _a);
        Server.Misbehave("example", DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(4));       // what it denies has no proofs here, which is not the matter
        Assert.Equal(DnsFailure.Bogus, await LookAsync(Validating()));
    }

    [Fact]
    public async Task Update_Revoked_WhatWasProvenIsForgotten()
    {
        var resolver = Validating(_a, _b);
        Publish([_a, _b], [_a, _b], _a);
        await UpdateAsync(resolver);
        Assert.Equal(DnsSecurity.Secure, await LookAsync(resolver));
        var asked = Server.CountOf(Host, DnsRecordType.A);
        Assert.Equal((DnsSecurity.Secure, asked), (await LookAsync(resolver), Server.CountOf(Host, DnsRecordType.A)));

        Time.Advance(TimeSpan.FromHours(13));
        _a.Flags |= 0x80;
        Publish([_a, _b], [_a, _b], _b);
        await UpdateAsync(resolver);
        _ = await LookAsync(resolver);
        Assert.Equal(asked + 1, Server.CountOf(Host, DnsRecordType.A));
    }

    [Fact]                                                  // a zone that is silent does not keep from us what another has shown
    public async Task Update_GivenUpAtALaterZone_WhatTheFirstShowedIsInForce()
    {
        var resolver = Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) =
            (DnssecMode.Validate, [_a.Anchor, _b.Anchor, _a.Anchor with { Zone = Name("silent.test") }], _store));
        _a.Flags |= 0x80;
        Publish([_a, _b], [_a, _b], _b);
        Server.Misbehave("silent.test", DnsRecordType.Dnskey, new DnsServerFault.Silence());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var updating = resolver.UpdateTrustAnchorsAsync(stop.Token).AsTask();
        await Server.WaitForQueryAsync("silent.test", DnsRecordType.Dnskey, cancellationToken: Ct);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => updating);
        Assert.Contains(await _store.LoadAsync(Ct), one => one.State == TrustAnchorState.Revoked);
        // And it is told by the next call that comes back.
        Server.Misbehave("silent.test", DnsRecordType.Dnskey, new DnsServerFault.ResponseCode(2));
        Assert.Contains((await resolver.UpdateTrustAnchorsAsync(Ct)).Changes, static change => change.To == TrustAnchorState.Revoked);
    }

    [Fact]                                                  // nor does a server that is silent keep from us what another has shown
    [Trait("rfc", "5011#2.1")]
    public async Task Update_GivenUpAtALaterServer_WhatTheFirstShowedIsInForce()
    {
        await using var silent = new LoopbackDnsServer();
        silent.Misbehave(AnchorKey.Zone, DnsRecordType.Dnskey, new DnsServerFault.Silence());
        var resolver = Resolver(options => (options.Servers, options.Mode, options.TrustAnchors, options.TrustAnchorStore) = ([Server.EndPoint, silent.EndPoint], DnssecMode.Validate, [_a.Anchor, _b.Anchor], _store));
        Publish([_a, _b], [_a], _a);
        Assert.Equal(DnsSecurity.Secure, await LookAsync(resolver));
        _a.Flags |= 0x80;
        Publish([_a, _b], [_a], _a);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var updating = resolver.UpdateTrustAnchorsAsync(stop.Token).AsTask();
        await silent.WaitForQueryAsync(AnchorKey.Zone, DnsRecordType.Dnskey, cancellationToken: Ct);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => updating);
        Assert.Equal([_a.Anchor], (await _store.LoadAsync(Ct)).Where(static one => one.State == TrustAnchorState.Revoked).Select(static one => one.Anchor));
        // What the key signed is not believed any more, and was not kept.
        silent.Misbehave(AnchorKey.Zone, DnsRecordType.Dnskey, new DnsServerFault.ResponseCode(2)).Misbehave(Host, DnsRecordType.A, new DnsServerFault.ResponseCode(2));
        Server.Misbehave(AnchorKey.Zone, DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(4));
        Assert.Equal(DnsFailure.Bogus, await LookAsync(resolver));
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("unsigned")]
    [InlineData("failure")]
    public async Task Update_Doubt_ChangesNothing(string kind)
    {
        var resolver = Validating();
        Publish([_a], [_a], _a);
        await UpdateAsync(resolver);
        Time.Advance(TimeSpan.FromDays(1));
        if (kind == "failure")
            Server.Misbehave(AnchorKey.Zone, DnsRecordType.Dnskey, new DnsServerFault.ResponseCode(2));
        else
            Publish([_c], kind == "stranger" ? [_c] : [], _c);

        var update = await resolver.UpdateTrustAnchorsAsync(Ct);

        Assert.Empty(update.Changes);
        Assert.Single(update.Failures);
        Assert.Equal((1, TimeSpan.FromHours(2.4)), (update.Anchors.Count(static one => one.IsInForce), update.Next));
    }

    [Fact]                                                  // anybody can revoke a key of his own
    [Trait("rfc", "5011#2.3")]
    public async Task Update_AStrangersRevokedKey_IsNoLook()
    {
        var resolver = Validating();
        Publish([_a], [_a], _a);
        await UpdateAsync(resolver);
        Time.Advance(TimeSpan.FromDays(1));
        _c.Flags |= 0x80;
        Publish([_a, _c], [_c], _a);

        var update = await resolver.UpdateTrustAnchorsAsync(Ct);

        Assert.Empty(update.Changes);
        Assert.Contains("no trust anchor signed", Assert.Single(update.Failures), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(2.4), update.Next);
    }

    [Fact]
    [Trait("rfc", "5011#2.1")]
    public async Task Update_TheOnlyAnchorRevokesItself_IsAtItsEnd_AndTheFailureIsTold()
    {
        var resolver = Validating();
        Publish([_a], [_a], _a);
        await UpdateAsync(resolver);
        Time.Advance(TimeSpan.FromDays(1));
        _a.Flags |= 0x80;
        Publish([_a], [_a], _a);

        var update = await resolver.UpdateTrustAnchorsAsync(Ct);

        Assert.Equal([TrustAnchorState.Revoked], update.Changes.Select(static change => change.To));
        Assert.Single(update.Failures);
    }

    [Fact]                                                  // a key whose signatures nobody here can check is no anchor, and must not stop the next start
    public async Task Update_ANewKeyOfAnUnknownAlgorithm_IsPassedOver()
    {
        var resolver = Validating();
        byte[] data = [1, 1, 3, 253, .. _c.Data.AsSpan(4)];
        var now = Time.GetUtcNow();
        Server.AddDnskey(AnchorKey.Zone, _a.Record).AddDnskey(AnchorKey.Zone, new DnskeyRecord(257, 3, 253, data.AsMemory(4)));
        Server.Misbehave(AnchorKey.Zone, DnsRecordType.Dnskey, new DnsServerFault.Rewritten(answer => AnchorKey.Insert(answer, AnchorKey.Zone, 86_400, _a.Sign(AnchorKey.Zone, 48, 86_400, now, _a.Data, data))));

        var update = await UpdateAsync(resolver);

        Assert.Equal([_a.Anchor], update.Anchors.Select(static one => one.Anchor));
        Assert.Equal([_a.Anchor], (await _store.LoadAsync(Ct)).Select(static one => one.Anchor));
    }

    [Fact]
    public async Task Lookup_NoAnchorOfTheStoreCanBeChecked_Fails()
    {
        var unknown = new TrustAnchor(Name(AnchorKey.Zone), 7, 253, 2, new byte[32]);
        await _store.SaveAsync([new(_a.Anchor, TrustAnchorState.Revoked, Time.GetUtcNow()), new(unknown, TrustAnchorState.Valid, Time.GetUtcNow())], Ct);
        Publish([_a], [_a], _a);

        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await Validating().GetAAsync(Name(Host), Ct));

        Assert.Equal(DnsFailure.ServerFailure, failed.Reason);
        Assert.Contains("no anchor whose algorithm is known", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]                                                  // who takes a stolen key out of the configuration trusts it no more
    public async Task Update_AnAnchorIsConfiguredNoMore_IsAtItsEnd_WithWhatItAloneSignedFor()
    {
        Publish([_a, _c], [_a], _a);
        await UpdateAsync(Validating(_a, _b));
        Assert.Equal(3, (await _store.LoadAsync(Ct)).Count);

        Publish([_b], [_b], _b);
        var update = await UpdateAsync(Validating(_b));

        Assert.Equal([(_a.Anchor, TrustAnchorState.Start), (_c.Anchor, TrustAnchorState.Start)], update.Changes.Where(change => change.Anchor != _b.Anchor).Select(static change => (change.Anchor, change.To)).OrderBy(change => change.Anchor == _c.Anchor));
        Assert.Equal([_b.Anchor], (await _store.LoadAsync(Ct)).Select(static one => one.Anchor));
    }

    [Fact]
    public async Task Lookup_ARevokedKeyIsConfiguredAgain_IsNotTrusted()
    {
        await _store.SaveAsync([new(_a.Anchor, TrustAnchorState.Removed, Time.GetUtcNow()), new(_b.Anchor, TrustAnchorState.Valid, Time.GetUtcNow())], Ct);
        // For a while another zone is followed; the file of old comes back after it.
        await Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) = (DnssecMode.Validate, [_c.Anchor with { Zone = Name("silent.test") }], _store)).UpdateTrustAnchorsAsync(Ct);
        Publish([_a], [_a], _a);
        Assert.NotEqual(DnsSecurity.Secure, await LookAsync(Validating(_a)));

        // Nor by the digest of another kind.
        byte[] hashed = [.. TestMessage.Name(AnchorKey.Zone), .. _a.Data];
        var other = _a.Anchor with { DigestType = 4, Digest = System.Security.Cryptography.SHA384.HashData(hashed) };
        Assert.NotEqual(DnsSecurity.Secure, await LookAsync(Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) = (DnssecMode.Validate, [other], _store))));
        Assert.Equal(DnsSecurity.Secure, await LookAsync(Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) = (DnssecMode.Validate, [other], new InMemoryTrustAnchorStore()))));
    }

    [Fact]
    public async Task Update_ALearntAnchorIsConfiguredForAWhile_Stays()
    {
        var resolver = Validating();
        Publish([_a, _b], [_a], _a);
        await UpdateAsync(resolver);
        await PassAsync(resolver, days: 31, () => Publish([_a, _b], [_a], _a));
        await UpdateAsync(Validating(_a, _b));

        // The version of before, which does not know it, after the zone has gone over to it.
        Publish([_b], [_b], _b);
        var back = Validating();
        Assert.Equal(DnsSecurity.Secure, await LookAsync(back));
        Assert.Contains((await UpdateAsync(back)).Anchors, one => one is { IsInForce: true, IsLearnt: true, IsConfigured: false } && one.Anchor.Equals(_b.Anchor));
    }

    [Fact]
    public async Task Update_TheStoreRefuses_IsTriedAgainAtTheNextCall()
    {
        var store = new RefusingStore { Refuses = true };
        var resolver = Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) = (DnssecMode.Validate, [_a.Anchor], store));
        Publish([_a, _b], [_a], _a);
        Assert.Contains("full", Assert.Single((await resolver.UpdateTrustAnchorsAsync(Ct)).Failures), StringComparison.Ordinal);

        store.Refuses = false;
        await UpdateAsync(resolver);        // no time has passed: nobody is asked

        Assert.Equal(2, (await store.LoadAsync(Ct)).Count);
    }

    [Fact]
    [Trait("rfc", "5011#2.3")]
    public async Task Update_BeforeItsTime_AsksNothing()
    {
        var resolver = Validating();
        Publish([_a], [_a], _a);
        var update = await UpdateAsync(resolver);
        Assert.Equal(TimeSpan.FromHours(12), update.Next);      // half of the day the keys may be kept
        var asked = Server.Queries.Count;
        Time.Advance(TimeSpan.FromHours(11));
        Assert.Equal((TimeSpan.FromHours(1), asked), ((await UpdateAsync(resolver)).Next, Server.Queries.Count));
        Time.Advance(TimeSpan.FromHours(1));
        await UpdateAsync(resolver);
        Assert.Equal(asked + 1, Server.Queries.Count);
    }

    [Fact]
    public async Task Lookup_StoreThatCannotBeRead_FailsUntilItCan()
    {
        var file = Path.GetTempFileName();
        try
        {
            Publish([_a], [_a], _a);
            var resolver = Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) = (DnssecMode.Validate, [_a.Anchor], new FileTrustAnchorStore(file)));
            var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(Host), Ct));
            Assert.Equal(DnsFailure.ServerFailure, failed.Reason);
            Assert.Contains("store of trust anchors", failed.Detail, StringComparison.Ordinal);
            Assert.Contains("store of trust anchors", Assert.Single((await resolver.UpdateTrustAnchorsAsync(Ct)).Failures), StringComparison.Ordinal);

            File.Delete(file);
            Time.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(DnsSecurity.Secure, await LookAsync(resolver));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Update_NothingToFollow_NeverComesAgain()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, (await Resolver().UpdateTrustAnchorsAsync(Ct)).Next);
        Assert.Equal(Timeout.InfiniteTimeSpan, (await Resolver(options => options.TrustAnchorStore = _store).UpdateTrustAnchorsAsync(Ct)).Next);       // the AD bit is believed
    }

    protected override ValueTask DisposeMoreAsync()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class RefusingStore : ITrustAnchorStore
    {
        private IReadOnlyList<TrackedAnchor> _saved = [];

        public bool Refuses { get; set; }

        public ValueTask<IReadOnlyList<TrackedAnchor>> LoadAsync(CancellationToken cancellationToken = default) => new(_saved);

        public ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> anchors, CancellationToken cancellationToken = default)
        {
            _saved = Refuses ? throw new IOException("the disk is full") : anchors;
            return ValueTask.CompletedTask;
        }
    }

    private DnssecResolver Validating(params AnchorKey[] anchors) => Resolver(options => (options.Mode, options.TrustAnchors, options.TrustAnchorStore) =
        (DnssecMode.Validate, anchors.Length == 0 ? [_a.Anchor] : [.. anchors.Select(static key => key.Anchor)], _store));

    // The keys of the zone, those that sign them, and the one that signs the host's address; all signatures of now.
    private void Publish(AnchorKey[] keys, AnchorKey[] signers, AnchorKey host)
    {
        const uint Day = 86_400;
        var now = Time.GetUtcNow();
        byte[][] data = [.. keys.Select(static key => key.Data)];
        Server.Remove(AnchorKey.Zone, DnsRecordType.Dnskey).Remove(Host, DnsRecordType.A).AddAddress(Host, "192.0.2.1");
        foreach (var key in keys)
            Server.AddDnskey(AnchorKey.Zone, key.Record);
        Server.Misbehave(AnchorKey.Zone, DnsRecordType.Dnskey, new DnsServerFault.Rewritten(answer => AnchorKey.Insert(answer, AnchorKey.Zone, Day, signers.Select(key => key.Sign(AnchorKey.Zone, 48, Day, now, data)))));
        Server.Misbehave(Host, DnsRecordType.A, new DnsServerFault.Rewritten(answer => AnchorKey.Insert(answer, Host, Day, host.Sign(Host, 1, Day, now, Address))));
    }

    private static async Task<TrustAnchorUpdate> UpdateAsync(DnssecResolver resolver)
    {
        var update = await resolver.UpdateTrustAnchorsAsync(Ct);
        Assert.Empty(update.Failures);
        return update;
    }

    // Days go by, with a look each time it is due; signatures are made anew every day.
    private async Task PassAsync(DnssecResolver resolver, int days, Action publish)
    {
        for (var day = 0; day < days; day++)
        {
            Time.Advance(TimeSpan.FromDays(1));
            publish();
            await UpdateAsync(resolver);
        }
    }

    private int InForce() => _store.LoadAsync(Ct).AsTask().GetAwaiter().GetResult().Count(static one => one.IsInForce);

    private static async Task<object> LookAsync(DnssecResolver resolver) => await resolver.GetAAsync(Name(Host), Ct) switch
    {
        DnsAnswer<IPAddress>.Found found => found.Security,
        DnsAnswer<IPAddress>.Failed failed => failed.Reason,
        var other => other,
    };
}
