using Mail.Security.Testing;

namespace Mail.Security.Delivery.Tests;

/// <summary>REQUIRETLS, and the destination lacks it: the smarthost that has it.</summary>
public sealed class KnowledgeRouteTests : IAsyncDisposable
{
    private static readonly DomainName RelayHost = DomainName.Parse("relay.isp.test");

    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData("no keyword")]
    [InlineData("no TLS")]
    [InlineData("wrong certificate")]
    [InlineData("unsigned name")]
    public async Task Deliver_DestinationCannotRequireTls_TheSmarthostInTheSameAttemptAndAtOnceInTheNext(string fault)
    {
        AddDestination(fault);
        var relay = AddRelay("REQUIRETLS");

        var first = await _world.DeliverAsync("a.test", TlsDemand.RequireTls);

        Assert.True(first.Recipients[0].Disposition == Disposition.Delivered, first.Explanation.ToString());
        Assert.Equal(["direct", "isp"], first.Explanation.Routes.Select(static route => route.Transport.Value));
        Assert.Contains("known NoRequireTls", first.Explanation.Routes[1].Why, StringComparison.Ordinal);

        var second = await _world.DeliverAsync("a.test", TlsDemand.RequireTls);
        Assert.Equal(["isp"], second.Explanation.Routes.Select(static route => route.Transport.Value));
        Assert.Equal(2, relay.Connections.Sum(static connection => connection.Messages.Count));
    }

    [Fact]
    public async Task Deliver_DestinationCanRequireTls_Direct()
    {
        AddDestination("none");
        var relay = AddRelay("REQUIRETLS");
        for (var round = 0; round < 2; round++)
            Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients[0].Disposition);
        Assert.Empty(relay.Connections);
        Assert.Equal(new { Tls = KnownTls.Authenticated, RequireTls = KnownRequireTls.Met }, new { (await KnownAsync())!.Tls, (await KnownAsync())!.RequireTls });
    }

    [Fact]
    public async Task Deliver_SmarthostLacksItToo_Returned()
    {
        AddDestination("no keyword");
        AddRelay();
        var recipient = (await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients[0];
        Assert.Equal((Disposition.Permanent, "5.7.30"), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Fact]
    public async Task Deliver_SmarthostIsDown_Waits()
    {
        AddDestination("no keyword");
        _world.AddDeadHost(RelayHost.Ascii);
        Route();
        Assert.Equal(Disposition.Transient, (await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients[0].Disposition);
    }

    [Fact]
    public async Task Deliver_NoSuchRoute_ReturnedAsBefore()
    {
        AddDestination("no keyword");
        var report = await _world.DeliverAsync("a.test", TlsDemand.RequireTls);
        Assert.Equal("5.7.30", report.Recipients[0].Status.ToString());
        Assert.Single(report.Explanation.Routes);
    }

    [Fact]
    public async Task Deliver_TransportSetOnTheMessage_NoOtherIsTaken()
    {
        AddDestination("no keyword");
        var relay = AddRelay("REQUIRETLS");
        var request = DeliveryWorld.Request("a.test", TlsDemand.RequireTls) with { Transport = TransportName.Direct };
        Assert.Equal(Disposition.Permanent, (await _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken)).Recipients[0].Disposition);
        Assert.Empty(relay.Connections);
    }

    [Fact]
    public async Task Deliver_KnowledgeIsOld_TheDestinationIsTriedAnew()
    {
        AddDestination("none");
        var relay = AddRelay("REQUIRETLS");
        await _world.Routing.Knowledge.SetAsync(DeliveryWorld.Domain("a.test"), new DomainKnowledge(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2), KnownTls.None, KnownRequireTls.Unmet), TestContext.Current.CancellationToken);
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients[0].Disposition);
        Assert.Empty(relay.Connections);
        Assert.Equal(KnownRequireTls.Met, (await KnownAsync())!.RequireTls);
    }

    [Theory]
    [InlineData("no TLS", KnownTls.None, KnownRequireTls.Unmet)]
    [InlineData("no keyword", KnownTls.Authenticated, KnownRequireTls.Unmet)]
    [InlineData("wrong certificate", KnownTls.Encrypted, KnownRequireTls.Unmet)]
    [InlineData("none", KnownTls.Authenticated, KnownRequireTls.Met)]
    [InlineData("dead", null, null)]
    public async Task Deliver_AnyMail_WhatItShowedIsKept(string fault, KnownTls? tls, KnownRequireTls? requireTls)
    {
        AddDestination(fault);
        await _world.DeliverAsync("a.test");
        var known = await KnownAsync();
        Assert.Equal((tls, requireTls), (known?.Tls, known?.RequireTls));
    }

    [Fact]
    public async Task Deliver_ByASmarthost_NothingIsLearnedOfTheDomain()
    {
        _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["direct"] = new TransportDefinition.Smarthost { Host = RelayHost } });
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("a.test")).Recipients[0].Disposition);
        Assert.Null(await KnownAsync());
    }

    private ValueTask<DomainKnowledge?> KnownAsync() => _world.Routing.Knowledge.GetAsync(DeliveryWorld.Domain("a.test"), TestContext.Current.CancellationToken);

    private void AddDestination(string fault)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        if (fault == "unsigned name")
            _world.Resolver.AddZone("a.test", Mail.Security.Dnssec.DnsSecurity.Insecure);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        if (fault == "dead")
            _world.AddDeadHost("mx.a.test");
        else
            _world.AddHost("mx.a.test", fault == "no TLS" ? null : _world.Issue(fault == "wrong certificate" ? "other.test" : "mx.a.test"), null, fault == "no keyword" ? [] : ["REQUIRETLS"]);
    }

    private ScriptedSmtpPeer AddRelay(params string[] underTls)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var relay = _world.AddHost(RelayHost.Ascii, _world.Issue(RelayHost.Ascii), null, underTls);
        Route();
        return relay;
    }

    private void Route() => _world.Route(
        new() { ["isp"] = new TransportDefinition.Submission { Host = RelayHost } },
        RouteTableTests.Rule("isp", demands: [TlsDemand.RequireTls], known: [DestinationTrait.NoRequireTls]));
}
