using System.Diagnostics.Metrics;
using System.Net;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class ConnectionGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LineLogger _log = new();
    private readonly SmtpListenerOptions _options = new() { MaxConnectionsPerAddress = 1 };
    private readonly SmtpServerOptions _server = new() { HostName = DomainName.Parse("relay.example.org") };

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("10.0.1.1", true)]          // XCLIENT
    [InlineData("10.0.2.1", false)]
    public void Enter_SourceThatSpeaksForOthers_IsCountedInAllOnly(string peer, bool exempt)
    {
        _server.ProxyProtocolSources = [IPNetwork.Parse("10.0.0.0/24")];
        _server.XclientSources = [IPNetwork.Parse("10.0.1.0/24")];
        var gate = Gate(max: 2);

        Assert.Equal(ConnectionVerdict.Admitted, Enter(gate, peer));
        Assert.Equal(exempt ? ConnectionVerdict.Admitted : ConnectionVerdict.TooManyFromAddress, Enter(gate, peer));
        if (exempt)
            Assert.Equal(ConnectionVerdict.TooMany, Enter(gate, peer));
    }

    [Fact]
    public void Judge_ClientBehindAProxy_IsCountedByItsOwnAddress()
    {
        _server.ProxyProtocolSources = [IPNetwork.Parse("10.0.0.1/32")];
        var gate = Gate(max: 10);
        var places = new List<ConnectionPlace>();
        foreach (var _ in Enumerable.Range(0, 4))
        {
            gate.Enter(End("10.0.0.1"), _server, out var place);
            places.Add(place!);
        }

        Assert.Null(places[0].Judge(Session("192.0.2.1")));
        Assert.Null(places[1].Judge(Session("192.0.2.2")));
        Assert.Null(places[3].Judge(Session("10.0.0.1")));      // the proxy's own
        var refusal = places[2].Judge(Session("::ffff:192.0.2.1"))!;
        Assert.Equal((421, "Too many connections from your address, try again later"), (refusal.Value.Code, refusal.Value.Text));
        Assert.Equal(ConnectionVerdict.TooManyFromAddress, Enter(gate, "192.0.2.1"));       // the same client without the proxy

        places[0].Dispose();
        places[0].Dispose();
        Assert.Null(places[2].Judge(Session("192.0.2.1")));
        Assert.Null(places[2].Judge(Session("192.0.2.3")));     // and again, as XCLIENT may
        Assert.Equal(ConnectionVerdict.Admitted, Enter(gate, "192.0.2.1"));
    }

    // A load balancer tells of a mail proxy, which tells of clients.
    [Fact]
    public void Judge_MailProxyBehindALoadBalancer_IsCountedByAddressOnceItTellsWhoseSessionItIs()
    {
        (_server.ProxyProtocolSources, _server.XclientSources) = ([IPNetwork.Parse("10.0.0.1/32")], [IPNetwork.Parse("10.0.1.0/24")]);
        _options.MaxConnectionRatePerAddress = 1;
        var gate = Gate(max: 10);
        var places = new List<ConnectionPlace>();
        foreach (var _ in Enumerable.Range(0, 4))
        {
            gate.Enter(End("10.0.0.1"), _server, out var place);
            Assert.Null(place!.Judge(Session("10.0.1.1")));
            places.Add(place);
        }

        Assert.Null(places[0].Judge(Session("192.0.2.1")));
        Assert.Null(places[1].Judge(Session("192.0.2.2")));
        Assert.Equal(421, places[2].Judge(Session("192.0.2.1"))!.Value.Code);
        Assert.Null(places[3].Judge(Session("10.0.1.1")));      // XCLIENT without an address

        Assert.Null(places[0].Judge(Session("10.0.1.1")));      // and back: the client's place is free again
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ConnectionVerdict.Admitted, Enter(gate, "192.0.2.1"));
    }

    [Fact]
    public void Enter_MailDataNearlyFull_IsRefusedUntilThereIsRoom()
    {
        _options.MailData = new MailDataBudget(1 << 20);
        var gate = Gate(max: 10);
        _options.MailData.Take(3 << 18);
        Assert.Equal(ConnectionVerdict.NoRoom, Enter(gate, "192.0.2.1"));

        _options.MailData.Release(1);

        Assert.Equal(ConnectionVerdict.Admitted, Enter(gate, "192.0.2.1"));
    }

    [Fact]
    public void Enter_FloodOfRefusals_IsOneLineAMinuteAndCountedWithoutAddresses()
    {
        using var metrics = new SmtpServerMetrics();
        using var seen = new Turned();
        var gate = Gate(max: 10, metrics);
        Enter(gate, "192.0.2.1");
        foreach (var _ in Enumerable.Range(0, 100))
            Enter(gate, "192.0.2.1");

        Assert.Equal("Connection from 192.0.2.1:25000 turned away: TooManyFromAddress; 0 more since the last such line", Assert.Single(_log.Lines));
        _time.Advance(LogWindow.Length);
        Enter(gate, "192.0.2.1");
        Assert.EndsWith("; 99 more since the last such line", _log.Lines[1], StringComparison.Ordinal);
        Assert.Equal((101, "limit=Address"), (seen.Count, Assert.Single(seen.Labels)));
    }

    [Fact]
    public void BeginLogin_FloodOfRefusals_IsOneLineAMinuteAndCountedWithoutAddresses()
    {
        using var metrics = new SmtpServerMetrics();
        using var seen = new Turned("mail.smtp.server.logins_turned_away");
        (_options.MaxFailedLoginsPerAddress, _options.MaxFailedLoginsPerNetwork) = (1, 2);
        var gate = Gate(max: 10, metrics);
        foreach (var client in (string[])["192.0.2.1", "192.0.2.2"])
        {
            Assert.Equal(LoginVerdict.Admitted, gate.BeginLogin(Session(client)));
            gate.EndLogin(Session(client), SmtpLoginOutcome.Failed, null);
        }
        foreach (var _ in Enumerable.Range(0, 100))
            gate.BeginLogin(Session("192.0.2.1"));
        gate.BeginLogin(Session("192.0.2.3"));

        Assert.Equal(
            [
                "Login from 192.0.2.1:25000 turned away: TooManyFromAddress; 0 more since the last such line",
                "Login from 192.0.2.3:25000 turned away: TooManyFromNetwork; 0 more since the last such line",
            ], _log.Of(1814));
        _time.Advance(LogWindow.Length);
        gate.BeginLogin(Session("192.0.2.1"));
        Assert.EndsWith("; 99 more since the last such line", _log.Lines[^1], StringComparison.Ordinal);
        Assert.Equal((102, "limit=Address, limit=Network"), (seen.Count, string.Join(", ", seen.Labels)));
    }

    [Fact]
    public void Texts_OfEveryVerdict_DifferAndFitAReply()
    {
        var refused = Enum.GetValues<ConnectionVerdict>().Where(verdict => verdict != ConnectionVerdict.Admitted).ToList();

        Assert.Equal(refused.Count, refused.Select(ConnectionVerdicts.Text).Distinct().Count());
        Assert.Equal(refused.Count, refused.Select(ConnectionVerdicts.Limit).Distinct().Count());
        Assert.All(refused, verdict => Assert.InRange(ConnectionGate.Farewell(_server, verdict).Length, 20, 512));
        Assert.All(refused, verdict => Assert.NotEqual(SmtpConnectionLimit.Unspecified, verdict.Limit()));
    }

    private ConnectionGate Gate(int max, SmtpServerMetrics? metrics = null) => new(_options, max, _time, _log, metrics);

    private ConnectionVerdict Enter(ConnectionGate gate, string peer) => gate.Enter(End(peer), _server, out _);

    private static IPEndPoint End(string address) => new(IPAddress.Parse(address), 25000);

    private static SmtpSessionInfo Session(string client) => new(End(client), null);

    private sealed class Turned : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Turned(string name = "mail.smtp.server.turned_away")
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, labels, _) =>
            {
                Count += value;
                foreach (var label in labels)
                    Labels.Add($"{label.Key}={label.Value}");
            });
            _listener.Start();
        }

        public long Count { get; private set; }

        public HashSet<string> Labels { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
