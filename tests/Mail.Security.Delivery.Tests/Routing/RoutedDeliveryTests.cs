using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Sasl;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Delivery.Tests;

/// <summary>Attempts that go where a route says, over real connections.</summary>
public sealed class RoutedDeliveryTests : IAsyncDisposable
{
    private static readonly DomainName RelayHost = DomainName.Parse("relay.isp.test");

    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Deliver_RouteToASmarthost_ItGetsTheMailAndTheDomainIsNotLookedUp()
    {
        var relay = _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["isp"] = new TransportDefinition.Smarthost { Host = RelayHost, Port = 2525 } }, RouteTableTests.Rule("isp", [".a.test"]));

        var report = await _world.DeliverAsync("x.a.test");

        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.Single(relay.Connections, static connection => connection.Messages.Count == 1);
        Assert.Equal(2525, _world.Dialed.First().Port);
        Assert.DoesNotContain(_world.Resolver.Queries, static query => query.Type is DnsRecordType.Mx or DnsRecordType.Txt);
        Assert.Contains("by isp (smarthost relay.isp.test:2525): global route 1: recipients .a.test", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "7672#2.2.2")]
    [Trait("dukhovni", "smarthost")]
    public async Task Deliver_SmarthostWithTlsa_DaneOfItsPort()
    {
        var certificate = _world.SelfSigned(RelayHost.Ascii);
        _world.AddHost(RelayHost.Ascii, certificate);
        _world.Resolver.AddTlsa($"_2525._tcp.{RelayHost}", Dane.TlsaRecordMaker.FromCertificate(certificate, TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256).ToString());
        _world.Route(new() { ["direct"] = new TransportDefinition.Smarthost { Host = RelayHost, Port = 2525 } });

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.Equal(TlsFloor.Authenticate, report.Explanation.Hosts[0].Floor);
        Assert.IsType<PeerVerdict.Authenticated>(report.Explanation.Hosts[0].Sessions[0].Tls!.Verdict);
    }

    [Theory]
    [InlineData(TlsFloor.Opportunistic, TlsDemand.Default, true)]
    [InlineData(TlsFloor.Encrypt, TlsDemand.Default, false)]
    [InlineData(TlsFloor.Authenticate, TlsDemand.Default, false)]
    [InlineData(TlsFloor.Encrypt, TlsDemand.TlsRequiredNo, false)]      // the sender waives what the recipient publishes, not what the operator wants
    public async Task Deliver_SmarthostWithoutTls_TheFloorOfTheTransportHolds(TlsFloor floor, TlsDemand demand, bool delivered)
    {
        _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["direct"] = new TransportDefinition.Smarthost { Host = RelayHost, LeastTls = floor } });
        Assert.Equal(delivered ? Disposition.Delivered : Disposition.Transient, (await _world.DeliverAsync("a.test", demand)).Recipients[0].Disposition);
    }

    [Fact]
    public async Task Deliver_SmarthostWithoutAddress_WaitsForTheOperator()
    {
        _world.Route(new() { ["direct"] = new TransportDefinition.Smarthost { Host = RelayHost } });
        var recipient = (await _world.DeliverAsync("a.test")).Recipients[0];
        Assert.Equal((Disposition.Transient, "4.4.4"), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Theory]
    [InlineData(SmtpPeerMoment.Greeting, "554 5.7.1 not from you", Disposition.Transient, "4.7.1")]
    [InlineData(SmtpPeerMoment.Hello, "550 5.7.1 not from you", Disposition.Transient, "4.7.1")]
    [InlineData(SmtpPeerMoment.Recipient, "550 5.1.1 unknown", Disposition.Permanent, "5.1.1")]
    [InlineData(SmtpPeerMoment.Mail, "530 5.7.0 log in first", Disposition.Transient, "4.7.0")]
    public async Task Deliver_SmarthostRefuses_OnlyItsWordOnTheMessageIsFinal(SmtpPeerMoment moment, string reply, Disposition expected, string status)
    {
        _world.AddHost(RelayHost.Ascii, null, options => options.On(moment, new SmtpPeerAction.Reply(reply)));
        _world.Route(new() { ["direct"] = new TransportDefinition.Smarthost { Host = RelayHost } });
        var recipient = (await _world.DeliverAsync("a.test")).Recipients[0];
        Assert.Equal((expected, status), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Theory]
    [InlineData(SubmissionTls.StartTls, 587)]
    [InlineData(SubmissionTls.Implicit, 465)]
    public async Task Deliver_Submission_ByVerifiedTls(SubmissionTls tls, int port)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var server = _world.AddHost(RelayHost.Ascii, _world.Issue(RelayHost.Ascii), implicitTls: tls == SubmissionTls.Implicit);
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Tls = tls } });

        var report = await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo);

        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        Assert.Equal(port, Assert.Single(_world.Dialed).Port);
        Assert.Equal(RelayHost.Ascii, server.Connections[0].ServerName);
        Assert.Equal(TlsFloor.Authenticate, report.Explanation.Hosts[0].Floor);
    }

    [Theory]                                                // EXTERNAL: the certificate is the login
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_ByTransportWithAClientCertificate_TheServerSeesIt(bool isSubmission)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var own = _world.Issue("sender.test");
        var login = isSubmission ? "|C: AUTH EXTERNAL =|S: 235 2.7.0 ok" : "";
        var script = $"S: 220 relay|C: EHLO *|S: 250-relay|S: 250 STARTTLS|C: STARTTLS|S: 220 go|TLS|C: EHLO *|S: 250-relay|S: 250 AUTH EXTERNAL PLAIN{login}|C: MAIL *|S: 250 ok|C: RCPT *|S: 250 ok|C: DATA|S: 354 go|CONTENT|S: 250 taken";
        var server = _world.AddPeer(RelayHost.Ascii, ScriptedSmtpPeer.Play([SmtpDialogue.Parse(script.Replace('|', '\n'))], new SmtpPeerTls(_world.Issue(RelayHost.Ascii)) { RequireClientCertificate = true }));
        _world.Route(new()
        {
            ["direct"] = isSubmission ? new TransportDefinition.Submission { Host = RelayHost, ClientCertificate = own, Authentication = new SmtpClientAuthentication(SaslCredentials.External()) }
                : new TransportDefinition.Smarthost { Host = RelayHost, ClientCertificate = own },
        });

        var report = await _world.DeliverAsync("a.test");

        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        Assert.Contains("sender.test", server.Connections[0].ClientCertificateSubject, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsDemand.Default, Disposition.Transient, "4.7.5")]
    [InlineData(TlsDemand.TlsRequiredNo, Disposition.Transient, "4.7.5")]
    [InlineData(TlsDemand.RequireTls, Disposition.Permanent, "5.7.10")]
    public async Task Deliver_SubmissionWithAForeignCertificate_NothingIsSent(TlsDemand demand, Disposition expected, string status)
    {
        var server = _world.AddHost(RelayHost.Ascii, _world.SelfSigned(RelayHost.Ascii));
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost } });
        var recipient = (await _world.DeliverAsync("a.test", demand)).Recipients[0];
        Assert.Equal((expected, status), (recipient.Disposition, recipient.Status.ToString()));
        Assert.DoesNotContain(server.Connections, static connection => connection.Commands.Any(static command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Theory, Trait("rfc", "7673#4.2"), Trait("dukhovni", "submission")]
    [InlineData("matches", DaneRequirement.WherePublished, Disposition.Delivered, "dane-ee")]
    [InlineData("matches", DaneRequirement.Always, Disposition.Delivered, "dane-ee")]
    [InlineData("of another key", DaneRequirement.WherePublished, Disposition.Transient, "4.7.5")]
    [InlineData("lookup fails", DaneRequirement.WherePublished, Disposition.Transient, "4.7.5")]
    [InlineData("unusable", DaneRequirement.WherePublished, Disposition.Transient, "4.7.5")]         // as if there were none, and the certificate signed itself
    [InlineData("none", DaneRequirement.WherePublished, Disposition.Transient, "4.7.5")]
    [InlineData("none, trusted", DaneRequirement.WherePublished, Disposition.Delivered, "webpki")]
    [InlineData("unusable, trusted", DaneRequirement.WherePublished, Disposition.Delivered, "webpki")]
    [InlineData("insecure, trusted", DaneRequirement.WherePublished, Disposition.Delivered, "webpki")]
    [InlineData("none, trusted", DaneRequirement.Always, Disposition.Transient, "4.7.5")]
    [InlineData("unusable, trusted", DaneRequirement.Always, Disposition.Transient, "4.7.5")]
    public async Task Deliver_SubmissionWithTlsa_DaneTakesThePlaceOfTheChain(string records, DaneRequirement dane, Disposition expected, string outcome)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var certificate = records.EndsWith("trusted", StringComparison.Ordinal) ? _world.Issue(RelayHost.Ascii) : _world.SelfSigned("other.test");
        var server = _world.AddHost(RelayHost.Ascii, certificate);
        var owner = $"_587._tcp.{RelayHost}";
        var record = Dane.TlsaRecordMaker.FromCertificate(records == "of another key" ? _world.Authority.Certificate : certificate);
        if (records == "lookup fails")
            _world.Resolver.Fail(owner, DnsRecordType.Tlsa, DnsFailure.ServerFailure);
        else if (records.StartsWith("insecure", StringComparison.Ordinal))
            _world.Resolver.AddTlsa(owner, new TlsaRecord(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256, new byte[32]).ToString(), DnsSecurity.Insecure);
        else if (!records.StartsWith("none", StringComparison.Ordinal))
            _world.Resolver.AddTlsa(owner, (records.StartsWith("unusable", StringComparison.Ordinal) ? record with { Usage = TlsaUsage.PkixEe } : record).ToString());
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Dane = dane } });

        var report = await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo);

        Assert.Equal(expected, report.Recipients[0].Disposition);
        Assert.Equal(outcome, expected == Disposition.Delivered ? Assert.IsType<PeerVerdict.Authenticated>(report.Explanation.Hosts[0].Sessions[0].Tls!.Verdict).Method : report.Recipients[0].Status.ToString());
        Assert.Equal(expected == Disposition.Delivered, server.Connections.Any(static connection => connection.Messages.Count == 1));
    }

    [Fact]
    public async Task Deliver_SubmissionServerWithoutStartTls_NeverInTheClear()
    {
        var server = _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Trust = SubmissionTrust.DangerouslyUnverified } });
        var recipient = (await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo)).Recipients[0];
        Assert.Equal((Disposition.Transient, "4.7.4"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Empty(server.Connections.SelectMany(static connection => connection.Messages));
    }

    [Theory, Trait("rfc", "4954#4")]
    [InlineData("235 2.7.0 welcome", Disposition.Delivered, "2.0.0")]
    [InlineData("535 5.7.8 no", Disposition.Transient, "4.7.8")]           // a matter of the operator, not of the message
    [InlineData("454 4.7.0 later", Disposition.Transient, "4.7.0")]
    public async Task Deliver_SubmissionWithALogin_OnlyLoggedIn(string reply, Disposition expected, string status)
    {
        var peer = AddLogin(_world.Issue(RelayHost.Ascii), $"C: AUTH PLAIN AHJlbGF5AGdlaGVpbQ==\nS: {reply}\n{(reply[0] == '2' ? Transaction : "")}C: QUIT\nS: 221 2.0.0 bye");

        var report = await _world.DeliverAsync("a.test");

        Assert.True((expected, status) == (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()), report.Explanation.ToString());
        Assert.Null(peer.Connections[0].Mismatch);
        Assert.DoesNotContain("geheim", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "4954#6")]
    public async Task Deliver_LoginRefusedAtAServerOfManyAddresses_OneTry()
    {
        var first = AddLogin(_world.Issue(RelayHost.Ascii), Refusal);
        var second = AddLogin(_world.Issue(RelayHost.Ascii), Refusal);

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal((Disposition.Transient, "4.7.8"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Single(Logins([first, second]));
        Assert.Null(report.PostponedUntil);
    }

    [Fact]
    public async Task Deliver_AfterARefusedLogin_OneTryInAPauseThatGrows()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var peer = AddLogin(_world.Issue(RelayHost.Ascii), Refusal);
        var agent = _world.AgentBy(time);
        var waits = new List<double>();
        for (var tries = 1; tries <= 7; tries++)
        {
            Assert.Null((await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken)).PostponedUntil);
            var waiting = await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken);
            Assert.Equal((Disposition.Transient, "4.7.0", tries), (waiting.Recipients[0].Disposition, waiting.Recipients[0].Status.ToString(), Logins([peer]).Count()));
            waits.Add((waiting.PostponedUntil!.Value - time.GetUtcNow()).TotalMinutes);
            time.Advance(waiting.PostponedUntil.Value - time.GetUtcNow());
        }
        Assert.Equal([1, 2, 4, 8, 16, 16, 16], waits);
    }

    [Fact]
    public async Task Deliver_LoginConfiguredAnew_TriedAtOnce()
    {
        var peer = AddLogin(_world.Issue(RelayHost.Ascii), Refusal);
        var agent = _world.Agent;
        await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken);
        RouteByLogin(SubmissionTrust.Verified);
        Assert.Null((await agent.DeliverAsync(DeliveryWorld.Request("a.test"), TestContext.Current.CancellationToken)).PostponedUntil);
        Assert.Equal(2, Logins([peer]).Count());
    }

    [Fact]
    public async Task Deliver_LoginAtAServerThatIsNotProven_ThePasswordStaysHere()
    {
        var peer = AddLogin(_world.SelfSigned("other.test"), "C: QUIT\nS: 221 2.0.0 bye", SubmissionTrust.DangerouslyUnverified);
        var recipient = (await _world.DeliverAsync("a.test")).Recipients[0];
        Assert.Equal((Disposition.Transient, true), (recipient.Disposition, recipient.Sentence.Contains("PLAIN", StringComparison.Ordinal)));
        Assert.DoesNotContain(peer.Connections[0].Commands, static command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TlsDemand.Default, Disposition.Delivered)]
    [InlineData(TlsDemand.RequireTls, Disposition.Permanent)]         // what requires TLS is verified all the same
    public async Task Deliver_SubmissionWithoutVerification_AnyCertificateWillDo(TlsDemand demand, Disposition expected)
    {
        _world.AddHost(RelayHost.Ascii, _world.SelfSigned("other.test"), null, "REQUIRETLS");
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Trust = SubmissionTrust.DangerouslyUnverified } });
        Assert.Equal(expected, (await _world.DeliverAsync("a.test", demand)).Recipients[0].Disposition);
    }

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData(true, Disposition.Delivered, "2.0.0")]
    [InlineData(false, Disposition.Permanent, "5.7.30")]
    public async Task Deliver_SubmissionOfWhatRequiresTls_OnlyWhereItIsAnnounced(bool announced, Disposition expected, string status)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var server = _world.AddHost(RelayHost.Ascii, _world.Issue(RelayHost.Ascii), null, announced ? ["REQUIRETLS"] : []);
        _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost } });
        var recipient = (await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients[0];
        Assert.Equal((expected, status), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Equal(announced, server.Connections[0].Commands.Any(static command => command.StartsWith("MAIL", StringComparison.Ordinal) && command.EndsWith("REQUIRETLS", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(554, null, Disposition.Permanent, "5.7.0")]
    [InlineData(550, "5.1.6", Disposition.Permanent, "5.1.6")]
    [InlineData(450, null, Disposition.Transient, "4.7.0")]
    public async Task Deliver_Fail_AsConfiguredAndNothingIsDialed(int code, string? status, Disposition expected, string reported)
    {
        var enhanced = status is not null && EnhancedStatus.TryParse(status, out var parsed) ? parsed : (EnhancedStatus?)null;
        _world.Route(new() { ["no"] = new TransportDefinition.Fail { Code = code, Status = enhanced, Text = "Not from here" } }, RouteTableTests.Rule("no"));
        var recipient = (await _world.DeliverAsync("a.test")).Recipients[0];
        Assert.Equal((expected, reported, "Not from here"), (recipient.Disposition, recipient.Status.ToString(), recipient.Sentence));
        Assert.Empty(_world.Dialed);
        Assert.Empty(_world.Resolver.Queries);
    }

    [Fact]
    public async Task Deliver_TransportSetOnTheMessage_OverridesTheRoutes()
    {
        var relay = _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["isp"] = new TransportDefinition.Smarthost { Host = RelayHost }, ["no"] = new TransportDefinition.Fail() }, RouteTableTests.Rule("no"));
        var report = await DeliverAsync(DeliveryWorld.Request("a.test") with { Transport = TransportName.Parse("isp") });
        Assert.Equal(Disposition.Delivered, report.Recipients[0].Disposition);
        Assert.NotEmpty(relay.Connections);
        Assert.Equal("set on the message", Assert.Single(report.Explanation.Routes).Why);
    }

    [Fact]
    public async Task Deliver_TransportSetIsNotThereAnyMore_Waits()
    {
        var report = await DeliverAsync(DeliveryWorld.Request("a.test") with { Transport = TransportName.Parse("gone") });
        Assert.Equal((Disposition.Transient, "4.3.5"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Equal("gone: set on the message", Assert.Single(report.Explanation.Routes).ToString());
    }

    [Fact]
    public async Task Deliver_RouteByAttempt_FirstDirectThenTheSmarthost()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.AddDeadHost("mx.a.test");
        _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["isp"] = new TransportDefinition.Smarthost { Host = RelayHost } }, RouteTableTests.Rule("isp", minimumAttempt: 2));
        Assert.Equal(Disposition.Transient, (await DeliverAsync(DeliveryWorld.Request("a.test"))).Recipients[0].Disposition);
        Assert.Equal(Disposition.Delivered, (await DeliverAsync(DeliveryWorld.Request("a.test") with { Attempt = 2 })).Recipients[0].Disposition);
    }

    [Fact]
    public async Task Deliver_RouteByExchanger_OneLookupForRouteAndPlan()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.big.test").AddMx("b.test", 10, "mx.b.test");
        _world.AddHost("mx.b.test", null);
        _world.Route(new() { ["no"] = new TransportDefinition.Fail() }, RouteTableTests.Rule("no", exchangers: [".big.test"]));
        Assert.Equal(Disposition.Permanent, (await _world.DeliverAsync("a.test")).Recipients[0].Disposition);
        Assert.Equal(Disposition.Delivered, (await _world.DeliverAsync("b.test")).Recipients[0].Disposition);
        Assert.Equal(1, _world.Resolver.CountOf("b.test", DnsRecordType.Mx));
    }

    [Theory]
    [InlineData(DnsFailure.Timeout, "4.4.3")]
    [InlineData(DnsFailure.Bogus, "4.7.5")]
    public async Task Deliver_RouteByExchangerAndNoAnswer_NoOtherRouteIsTaken(DnsFailure reason, string status)
    {
        _world.Resolver.Fail("a.test", DnsRecordType.Mx, reason);
        _world.Route(new() { ["no"] = new TransportDefinition.Fail() }, RouteTableTests.Rule("no", exchangers: [".big.test"]), RouteTableTests.Rule("no"));
        var report = await _world.DeliverAsync("a.test");
        Assert.Equal((Disposition.Transient, status), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Empty(report.Explanation.Routes);
    }

    [Theory]
    [InlineData("nowhere.test", Disposition.Permanent)]     // no such domain: no exchanger is meant
    [InlineData("null.test", Disposition.Permanent)]
    [InlineData("own.big.test", Disposition.Delivered)]     // without MX records the domain is its own
    public async Task Deliver_RouteByExchangerOfDomainsWithoutOne_TheDomainOrNone(string domain, Disposition expected)
    {
        _world.Resolver.AddMx("null.test", 0, ".").AddTxt("own.big.test", "x");
        _world.AddHost(RelayHost.Ascii, null);
        _world.Route(new() { ["isp"] = new TransportDefinition.Smarthost { Host = RelayHost } }, RouteTableTests.Rule("isp", exchangers: [".big.test"]));
        Assert.Equal(expected, (await _world.DeliverAsync(domain)).Recipients[0].Disposition);
    }

    private const string Refusal = "C: AUTH PLAIN AHJlbGF5AGdlaGVpbQ==\nS: 535 5.7.8 no\nC: QUIT\nS: 221 2.0.0 bye";
    private const string Transaction = "C: MAIL FROM:*\nS: 250 2.1.0 ok\nC: RCPT TO:*\nS: 250 2.1.5 ok\nC: DATA\nS: 354 go\nCONTENT\nS: 250 2.0.0 taken\n";

    private ScriptedSmtpPeer AddLogin(X509Certificate2 certificate, string script, SubmissionTrust trust = SubmissionTrust.Verified)
    {
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        RouteByLogin(trust);
        var dialogue = SmtpDialogue.Parse($"S: 220 relay\nC: EHLO *\nS: 250-relay\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250-relay\nS: 250-ENHANCEDSTATUSCODES\nS: 250 AUTH PLAIN\n{script}");
        return _world.AddPeer(RelayHost.Ascii, ScriptedSmtpPeer.Play([dialogue], new SmtpPeerTls(certificate)));
    }

    private void RouteByLogin(SubmissionTrust trust) => _world.Route(new()
    {
        ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Trust = trust, Authentication = new SmtpClientAuthentication(new SaslCredentials("relay", "geheim")) },
    });

    private static IEnumerable<string> Logins(IEnumerable<ScriptedSmtpPeer> peers) =>
        peers.SelectMany(static peer => peer.Connections).SelectMany(static connection => connection.Commands).Where(static command => command.StartsWith("AUTH", StringComparison.Ordinal));

    private ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request) => _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken);
}
