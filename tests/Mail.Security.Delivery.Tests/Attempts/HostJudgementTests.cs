using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Delivery.Tests;

/// <summary>What several addresses and hosts together come to: doubt about one of them is doubt about all.</summary>
public sealed class HostJudgementTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData("injected clear", "4.7.0")]
    [InlineData("clear injected", "4.7.0")]
    [InlineData("dead clear", "4.4.1")]
    [InlineData("clear dead", "4.4.1")]
    [InlineData("clear without-keyword", "5.7.10")]
    [InlineData("dead without-keyword", "4.4.1")]
    [InlineData("no-route clear", "5.7.10")]            // without IPv6 on this side nothing would ever be returned
    [InlineData("clear no-route", "5.7.10")]
    [InlineData("no-route without-keyword", "5.7.30")]
    [InlineData("no-route no-route", "4.4.1")]
    public async Task Deliver_RequireTlsAddressesOfOneHost_DoubtAboutOneDefers(string addresses, string status)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        foreach (var kind in addresses.Split(' '))
            Add(kind, "mx.a.test");
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        Assert.Equal(status, Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients).Status.ToString());
    }

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData("injected clear", "4.7.0")]
    [InlineData("clear injected", "4.7.0")]
    [InlineData("clear dead", "4.4.1")]
    [InlineData("no-route clear", "4.4.1")]             // another host, and nobody spoke for it
    [InlineData("clear without-keyword", "5.7.10")]
    public async Task Deliver_RequireTlsSeveralHosts_DoubtAboutOneDefers(string hosts, string status)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        foreach (var (at, kind) in hosts.Split(' ').Index())
        {
            Add(kind, $"mx{at}.a.test");
            _world.Resolver.AddMx("a.test", (ushort)at, $"mx{at}.a.test");
        }
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        Assert.Equal(status, Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients).Status.ToString());
    }

    [Fact]
    public async Task Deliver_HostsBeyondTheLimit_NothingIsConcludedFromTheOthers()
    {
        for (var number = 1; number <= _world.Options.MaxHosts; number++)
            _world.Resolver.AddMx("a.test", (ushort)number, $"mx{number}.a.test");
        Assert.Equal("5.4.4", Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Status.ToString());

        _world.Resolver.AddMx("a.test", 1000, "last.a.test");
        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Transient, Assert.Single(report.Recipients).Disposition);
        Assert.Contains("1 more", report.Recipients[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(_world.Options.MaxHosts, report.Explanation.Hosts.Count);
    }

    [Fact]
    public async Task Deliver_DeadHostsAndMoreBeyondTheLimit_TheSentenceTellsOfAHost()
    {
        _world.Options.MaxHosts = 1;
        _world.AddDeadHost("mx1.a.test");
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");

        Assert.Contains("nothing listens", Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Sentence, StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "7672#2.1.1")]
    [InlineData(TlsDemand.Default, Disposition.Transient)]
    [InlineData(TlsDemand.RequireTls, Disposition.Transient)]
    [InlineData(TlsDemand.TlsRequiredNo, Disposition.Delivered)]
    public async Task Deliver_SecureMxButNothingKnownOfTheAddress_Deferred(TlsDemand demand, Disposition expected)
    {
        _world.Resolver.AddZone("mx.a.test", DnsSecurity.Indeterminate).AddMx("a.test", 10, "mx.a.test");
        var certificate = _world.SelfSigned("mx.a.test");
        _world.AddHost("mx.a.test", certificate);
        _world.AddTlsa("mx.a.test", certificate);

        Assert.Equal(expected, Assert.Single((await _world.DeliverAsync("a.test", demand)).Recipients).Disposition);
        Assert.Equal(expected == Disposition.Delivered, !_world.Dialed.IsEmpty);
    }

    [Fact]
    public async Task Deliver_HostNameWithUnderscore_TlsAllTheSame()
    {
        var peer = _world.AddHost("mx_1.a.test", _world.SelfSigned("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx_1.a.test");

        Assert.Equal(Disposition.Delivered, Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Disposition);
        Assert.NotNull(Assert.Single(peer.Connections).TlsProtocol);
        Assert.Equal("mx_1.a.test", peer.Connections[0].ServerName);
    }

    [Fact, Trait("rfc", "3207#4")]
    public async Task Deliver_InjectionWithTlsRequiredNo_DeferredAndNoReplyIsShown()
    {
        Add("injected", "mx.a.test");
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        await _world.SetPolicyAsync("a.test", "enforce", "other.a.test");

        var recipient = Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo)).Recipients);

        Assert.Equal((Disposition.Transient, "4.7.0"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Null(recipient.RemoteReply);         // "220 go ahead" refused nothing: the decision was ours
    }

    private void Add(string kind, string host)
    {
        switch (kind)
        {
            case "dead":
                _world.AddDeadHost(host);
                break;
            case "no-route":
                _world.AddHostWithoutRoute(host);
                break;
            case "clear":
                _world.AddHost(host, null);
                break;
            case "injected":
                _world.AddHost(host, _world.Issue(host), options => options.On(SmtpPeerMoment.StartTls, new SmtpPeerAction.Raw("220 go ahead\r\n250 evil\r\n")), "REQUIRETLS");
                break;
            case "without-keyword":
                _world.AddHost(host, _world.Issue(host));
                break;
            default:
                throw new ArgumentException(kind, nameof(kind));
        }
    }
}
