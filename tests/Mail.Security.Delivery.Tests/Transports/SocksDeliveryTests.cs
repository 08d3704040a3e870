using System.Net;
using Mail.Security.Transports;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>Direct delivery from the address of a proxy.</summary>
public sealed class SocksDeliveryTests : IAsyncDisposable
{
    private static readonly DomainName Egress = DomainName.Parse("out2.sender.test");

    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Deliver_ThroughAProxy_ByAddressWithTheNameOfTheEgressAndDane()
    {
        var certificate = _world.SelfSigned("mx.a.test");
        var host = _world.AddHost("mx.a.test", certificate);
        _world.AddTlsa("mx.a.test", certificate);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        // CONNECT to 192.0.2.1, port 25
        await using var proxy = ScriptedProxy.Play("read 050100; send 0500; read 05010001c00002010019; send 050000017f0000010019; relay");
        proxy.Target = host.EndPoint;
        Route(proxy.EndPoint);

        var report = await _world.DeliverAsync("a.test");

        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        Assert.Equal("EHLO out2.sender.test", host.Connections[0].Commands[0]);
        Assert.Equal(TlsFloor.Authenticate, report.Explanation.Hosts[0].Floor);
        Assert.Empty(proxy.Surprises);
        Assert.Empty(_world.Dialed);        // nothing leaves from the usual address
    }

    [Theory]
    [InlineData("read 050100; send 05ff", "4.3.5")]
    [InlineData("close", "4.4.4")]
    [InlineData("read 050100; send 0500; read 05010001c00002010019; send 050500017f0000010019", "4.4.1")]
    public async Task Deliver_ProxyFails_WaitsAndNothingLeavesAnotherWay(string script, string status)
    {
        _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        await using var proxy = ScriptedProxy.Play(script);
        Route(proxy.EndPoint);
        var recipient = (await _world.DeliverAsync("a.test")).Recipients[0];
        Assert.Equal((Disposition.Transient, status), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Empty(_world.Dialed);
    }

    [Fact]
    public void For_EqualTransports_OneDialerThatKeepsWhatItKnows()
    {
        var usual = new TcpDialer();
        var dialers = new TransportDialers(usual);
        Assert.Same(usual, dialers.For(new TransportDefinition.Direct()));
        Assert.Same(dialers.For(Through("192.0.2.1", "p.test")), dialers.For(Through("192.0.2.1", "p.test")));
        Assert.NotSame(dialers.For(Through("192.0.2.1", "p.test")), dialers.For(Through("192.0.2.1")));
        Assert.Same(dialers.For(new TransportDefinition.Direct { SourceAddressV4 = IPAddress.Loopback }), dialers.For(new TransportDefinition.Direct { SourceAddressV4 = IPAddress.Loopback }));
        Assert.NotSame(usual, dialers.For(new TransportDefinition.Smarthost { Host = Egress, SourceAddressV6 = IPAddress.IPv6Loopback }));
        Assert.NotSame(usual, dialers.For(new TransportDefinition.Submission { Host = Egress, SourceAddressV4 = IPAddress.Loopback }));
        Assert.Throws<ArgumentException>(() => dialers.For(new TransportDefinition.Fail()));
    }

    private static TransportDefinition.Socks Through(params string[] proxies) => new() { HelloName = Egress, Proxies = [.. proxies.Select(static host => new SocksProxy { Name = host, Host = host })] };

    private void Route(IPEndPoint proxy) => _world.Route(new()
    {
        ["direct"] = new TransportDefinition.Socks { HelloName = Egress, Proxies = [new SocksProxy { Name = "second", Host = proxy.Address.ToString(), Port = proxy.Port }] },
    });
}
