using System.Security.Authentication;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>What the operator demands of destinations, over real connections.</summary>
public sealed class DestinationPolicyTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public DestinationPolicyTests() => _world.Resolver.AddMx("a.test", 10, "mx.a.test");

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(TlsFloor.Opportunistic, TlsDemand.Default, Disposition.Delivered)]
    [InlineData(TlsFloor.Encrypt, TlsDemand.Default, Disposition.Transient)]
    [InlineData(TlsFloor.Authenticate, TlsDemand.Default, Disposition.Transient)]
    [InlineData(TlsFloor.Encrypt, TlsDemand.TlsRequiredNo, Disposition.Transient)]
    [InlineData(TlsFloor.Authenticate, TlsDemand.TlsRequiredNo, Disposition.Transient)]
    public async Task Deliver_HostWithoutTls_TheFloorHoldsForEverySender(TlsFloor floor, TlsDemand demand, Disposition expected)
    {
        _world.AddHost("mx.a.test", null);
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], LeastTls = floor });
        Assert.Equal(expected, (await _world.DeliverAsync("a.test", demand)).Recipients[0].Disposition);
    }

    [Theory]
    [InlineData(TlsFloor.Encrypt, Disposition.Delivered)]
    [InlineData(TlsFloor.Authenticate, Disposition.Transient)]
    public async Task Deliver_SelfSignedHost_EncryptedIsNotAuthenticated(TlsFloor floor, Disposition expected)
    {
        _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"));
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], LeastTls = floor });
        Assert.Equal(expected, (await _world.DeliverAsync("a.test")).Recipients[0].Disposition);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, Disposition.Delivered)]
    [InlineData(SslProtocols.Tls12, Disposition.Transient)]
    [InlineData(SslProtocols.None, Disposition.Transient)]
    public async Task Deliver_LeastVersion_NeitherLessNorInTheClear(SslProtocols spoken, Disposition expected)
    {
        var options = new MailExchangerOptions { HostName = "mx.a.test", Tls = spoken == SslProtocols.None ? null : new SmtpPeerTls(_world.SelfSigned("mx.a.test")) { Protocols = spoken } };
        _world.AddHost(options);
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], LeastVersion = LeastTlsVersion.Tls13 });
        Assert.Equal(expected, (await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo)).Recipients[0].Disposition);
    }

    [Theory]
    [InlineData(true, TlsDemand.Default, Disposition.Delivered)]
    [InlineData(false, TlsDemand.Default, Disposition.Transient)]
    [InlineData(false, TlsDemand.TlsRequiredNo, Disposition.Transient)]
    [Trait("dukhovni", "mandatory")]
    public async Task Deliver_DaneDemanded_OnlyToHostsItProves(bool published, TlsDemand demand, Disposition expected)
    {
        var certificate = _world.Issue("mx.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        _world.AddHost("mx.a.test", certificate);
        if (published)
            _world.AddTlsa("mx.a.test", certificate);
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Dane = DaneRequirement.Always });
        var recipient = (await _world.DeliverAsync("a.test", demand)).Recipients[0];
        Assert.Equal((expected, published ? "2.0.0" : "4.7.5"), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Theory, Trait("rfc", "8689#4.2.2")]
    [InlineData(TlsDemand.Default)]
    [InlineData(TlsDemand.TlsRequiredNo)]
    public async Task Deliver_DaneDemandedOfAHostThatFailsIt_NothingIsSent(TlsDemand demand)
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"));
        _world.AddTlsa("mx.a.test", _world.SelfSigned("other.test"));
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Dane = DaneRequirement.Always });

        var report = await _world.DeliverAsync("a.test", demand);

        Assert.Equal((Disposition.Transient, TlsFloor.Authenticate), (report.Recipients[0].Disposition, report.Explanation.Hosts[0].Floor));
        Assert.DoesNotContain(peer.Connections, static connection => connection.Commands.Any(static command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Theory, Trait("rfc", "7672#2.2.1")]
    [InlineData(DnsSecurity.Secure, InsecureMxPolicy.Opportunistic, TlsDemand.Default, "2.0.0")]
    [InlineData(DnsSecurity.Secure, InsecureMxPolicy.Dane, TlsDemand.Default, "2.0.0")]
    [InlineData(DnsSecurity.Insecure, InsecureMxPolicy.Opportunistic, TlsDemand.Default, "4.7.5")]
    [InlineData(DnsSecurity.Insecure, InsecureMxPolicy.Dane, TlsDemand.Default, "4.7.5")]
    [InlineData(DnsSecurity.Insecure, InsecureMxPolicy.Dane, TlsDemand.TlsRequiredNo, "4.7.5")]
    [InlineData(DnsSecurity.Indeterminate, InsecureMxPolicy.Dane, TlsDemand.Default, "4.7.5")]
    [InlineData(DnsSecurity.Indeterminate, InsecureMxPolicy.Dane, TlsDemand.TlsRequiredNo, "4.7.5")]
    [Trait("dukhovni", "mandatory")]
    public async Task Deliver_DaneDemandedAndMxOfAnySecurity_WaitsUnlessTheMxIsSecure(DnsSecurity mx, InsecureMxPolicy insecureMx, TlsDemand demand, string status)
    {
        var certificate = _world.SelfSigned("mx.attacker.test");
        var peer = _world.AddHost("mx.attacker.test", certificate);
        _world.AddTlsa("mx.attacker.test", certificate);
        _world.Resolver.AddMx("b.test", 10, "mx.attacker.test", mx);
        _world.Options.InsecureMx = insecureMx;
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("b.test")], Dane = DaneRequirement.Always });

        var recipient = (await _world.DeliverAsync("b.test", demand)).Recipients[0];

        Assert.Equal((mx == DnsSecurity.Secure ? Disposition.Delivered : Disposition.Transient, status), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Equal(mx == DnsSecurity.Secure ? 1 : 0, peer.Connections.Count);
        if (mx != DnsSecurity.Secure)
            Assert.Contains("the MX records that name mx.attacker.test are not secure", recipient.Sentence, StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "7672#2.2.2")]
    [InlineData(InsecureMxPolicy.Opportunistic)]
    [InlineData(InsecureMxPolicy.Dane)]
    public async Task Deliver_DaneDemandedOfADomainThatIsItsOwnHost_ItsAddressesDecide(InsecureMxPolicy insecureMx)
    {
        var certificate = _world.SelfSigned("b.test");
        _world.AddHost("b.test", certificate);
        _world.AddTlsa("b.test", certificate);
        _world.Options.InsecureMx = insecureMx;
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("b.test")], Dane = DaneRequirement.Always });
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("b.test")).Recipients[0].Disposition);
    }

    [Fact]
    public async Task Deliver_DaneDemandedOfAHostWithoutTls_NeverInTheClear()
    {
        _world.AddHost("mx.a.test", null);
        _world.AddTlsa("mx.a.test", _world.SelfSigned("mx.a.test"));
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Dane = DaneRequirement.Always });
        Assert.Equal(Disposition.Transient, (await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo)).Recipients[0].Disposition);
    }

    [Theory]
    [InlineData(AddressFamilies.IPv4Only, AddressFamilies.Any, "192.0.2.1")]
    [InlineData(AddressFamilies.IPv6Only, AddressFamilies.Any, "2001:db8::1")]
    [InlineData(AddressFamilies.Any, AddressFamilies.IPv6Only, "2001:db8::1")]
    [InlineData(AddressFamilies.IPv4Only, AddressFamilies.IPv4Only, "192.0.2.1")]
    [InlineData(AddressFamilies.IPv4Only, AddressFamilies.IPv6Only, "")]
    public async Task Deliver_Families_OnlyWhatTransportAndDestinationAllow(AddressFamilies transport, AddressFamilies destination, string expected)
    {
        _world.Resolver.AddAddress("mx.a.test", "192.0.2.1").AddAddress("mx.a.test", "2001:db8::1");
        _world.Routing.Replace(new DeliveryRoutes(
            new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Direct] = new TransportDefinition.Direct { Families = transport } }), null,
            [new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Families = destination }]));
        var report = await _world.DeliverAsync("a.test");
        Assert.Equal(expected, string.Join(' ', _world.Dialed.Select(static end => end.Address)));
        Assert.Equal((Disposition.Transient, expected.Length == 0 ? "4.4.4" : "4.4.1"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
    }

    [Fact]
    public async Task Deliver_HostWithoutTheFamily_WaitsAndIsNotReturned()
    {
        _world.Resolver.AddAddress("mx.a.test", "192.0.2.1");
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Families = AddressFamilies.IPv6Only });
        Assert.Equal("4.4.4", (await _world.DeliverAsync("a.test")).Recipients[0].Status.ToString());
        Assert.Equal(0, _world.Resolver.CountOf("mx.a.test", DnsRecordType.A));
    }

    [Fact]
    public async Task Deliver_OverTheRate_PostponedAndNothingIsAsked()
    {
        _world.AddHost("mx.a.test", null);
        Demand(new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Rate = new MessageRate(1, TimeSpan.FromHours(1)) });
        var agent = _world.Agent;
        Assert.Null((await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken)).PostponedUntil);
        var asked = _world.Resolver.Queries.Count;

        var report = await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken);

        Assert.InRange(report.PostponedUntil!.Value - report.Started, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal((Disposition.Transient, "4.4.5"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Equal(asked, _world.Resolver.Queries.Count);
    }

    [Fact]
    public async Task Deliver_TransportElsewhere_TheDemandsOfTheDestinationAreNotItsMatter()
    {
        _world.AddHost("relay.isp.test", null);
        _world.Routing.Replace(new DeliveryRoutes(
            new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Direct] = new TransportDefinition.Smarthost { Host = DomainName.Parse("relay.isp.test") } }), null,
            [new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Dane = DaneRequirement.Always, LeastTls = TlsFloor.Authenticate }]));
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("a.test")).Recipients[0].Disposition);
    }

    private void Demand(params DestinationPolicy[] policies) => _world.Routing.Replace(new DeliveryRoutes(null, null, policies));
}
