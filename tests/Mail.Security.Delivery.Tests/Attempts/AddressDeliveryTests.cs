using System.Net;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>What the addresses of a domain's hosts make of a delivery.</summary>
public sealed class AddressDeliveryTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("fd00::1")]
    public async Task Deliver_HostInAPrivateNetwork_DeferredAndNotDialed(string address)
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", address);

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal((Disposition.Transient, "4.4.4"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Empty(_world.Dialed);
        Assert.Contains("and is not dialed", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_OneAddressIsPrivate_TheOtherIsDialed()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", "10.0.0.1");
        _world.AddHost("mx.a.test", null);

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.DoesNotContain(_world.Dialed, end => end.Address.Equals(IPAddress.Parse("10.0.0.1")));
        Assert.Contains("addresses: 10.0.0.1 is an address of a private network, and is not dialed\n", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_FirstHostIsPrivate_TheSecondTakesIt()
    {
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test").AddAddress("mx1.a.test", "192.168.1.1");
        _world.AddHost("mx2.a.test", null);
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("a.test")).Recipients[0].Disposition);
    }

    [Theory, Trait("rfc", "5321#5.1")]
    [InlineData(true, Disposition.Delivered)]           // there is a better host
    [InlineData(false, Disposition.Permanent)]
    public async Task Deliver_OwnAddressAmongTheHosts_NoHostThatIsNoBetterIsDialed(bool better, Disposition expected)
    {
        _world.Options.OwnAddresses = [IPAddress.Parse("198.51.100.77")];
        if (better)
            _world.AddHost("mx1.a.test", null);
        _world.Resolver.AddMx("a.test", 20, "other-name-of-us.test").AddAddress("other-name-of-us.test", "198.51.100.77");
        var worse = _world.AddHost("mx3.a.test", null);
        if (better)
            _world.Resolver.AddMx("a.test", 10, "mx1.a.test");
        _world.Resolver.AddMx("a.test", 30, "mx3.a.test");

        var report = await _world.DeliverAsync("a.test");

        Assert.True(expected == report.Recipients[0].Disposition, report.Explanation.ToString());
        Assert.Empty(worse.Connections);
        if (expected == Disposition.Permanent)
            Assert.Equal("5.4.6", report.Recipients[0].Status.ToString());
    }

    [Fact, Trait("rfc", "8305#5")]
    public async Task Deliver_FirstAddressIsSilent_TheNextCarriesTheMessageMeanwhile()
    {
        _world.AddSilentHost("mx.a.test");
        _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.Equal(2, _world.Dialed.Select(end => end.Address).Distinct().Count());
    }

    [Fact]
    public async Task Deliver_SessionOnTheFasterAddressFails_TheSlowerOneIsDialedAgain()
    {
        var slow = _world.AddSilentHost("mx.a.test");
        _world.AddHost("mx.a.test", null, options => options.On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Reply("421 4.3.2 not now")));
        var third = _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.Single(third.Connections, connection => connection.Messages.Count > 0);
        Assert.Equal(2, _world.Dialed.Count(end => end.Address.Equals(slow)));
    }

    [Theory]
    [InlineData(DialFailure.ProxyUnreachable, "4.4.4", "through egress: down")]
    [InlineData(DialFailure.ProxyLoginRefused, "4.3.5", "through egress: down")]
    [InlineData(DialFailure.ProxyConnectionRefused, "4.4.1", "through egress: down")]
    public async Task Deliver_ProxyFails_DeferredAndExplained(DialFailure reason, string status, string sentence)
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", "192.0.2.200");
        var agent = new DeliveryAgent(_world.Planner, new DeadProxy(reason), _world.Options);

        var report = await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken);

        Assert.Equal((Disposition.Transient, status), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Contains(sentence, report.Recipients[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("192.0.2.200:25 through egress with STARTTLS: ", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    private sealed class DeadProxy(DialFailure reason) : SmtpDialer
    {
        public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default) =>
            new(new DialResult.Failed(reason, "through egress: down") { Via = "egress" });
    }
}
