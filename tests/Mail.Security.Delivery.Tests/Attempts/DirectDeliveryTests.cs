using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Delivery.Tests;

public sealed class DirectDeliveryTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact, Trait("rfc", "7672#2.2")]
    [Trait("dukhovni", "on-by-default")]
    public async Task Deliver_DaneMatch_AuthenticatedByTlsa()
    {
        var certificate = _world.SelfSigned("other.test");
        var peer = _world.AddHost("mx.a.test", certificate);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.AddTlsa("mx.a.test", certificate);

        var report = await _world.DeliverAsync("a.test");

        AssertDelivered(report);
        var session = Assert.Single(Assert.Single(report.Explanation.Hosts).Sessions);
        Assert.Equal("dane-ee", Assert.IsType<PeerVerdict.Authenticated>(session.Tls!.Verdict).Method);
        Assert.Equal(TlsFloor.Authenticate, report.Explanation.Hosts[0].Floor);
        Assert.Single((await peer.WaitForEndAsync(1, TestContext.Current.CancellationToken)).Messages);
        Assert.Equal("mx.a.test", peer.Connections[0].ServerName);
        Assert.Contains("TLSA _25._tcp.mx.a.test: 3 1 1 ", report.Explanation.ToString(), StringComparison.Ordinal);
        Assert.Contains("[secure]", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "7672#2.2")]
    [InlineData(TlsDemand.Default)]
    [InlineData(TlsDemand.RequireTls)]
    public async Task Deliver_DaneMismatch_NeverPlaintext(TlsDemand demand)
    {
        var peer = _world.AddHost("mx.a.test", _world.Issue("mx.a.test"), null, "REQUIRETLS");
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.AddTlsa("mx.a.test", _world.Issue("mx.a.test"));

        var report = await _world.DeliverAsync("a.test", demand);
        var recipient = Assert.Single(report.Recipients);

        // RFC 8689 §4.2.1: with REQUIRETLS the sender is told at once; without it the host may be mended.
        Assert.Equal(demand == TlsDemand.RequireTls ? (Disposition.Permanent, "5.7.10") : (Disposition.Transient, "4.7.5"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Contains("no TLSA record", recipient.Sentence, StringComparison.Ordinal);
        Assert.All(report.Explanation.Hosts.Select(static host => host.Label).Concat(report.Explanation.Hosts.SelectMany(static host => host.Sessions).Select(static session => session.Label)), static label => Assert.Equal("peer-rejected", label));
        Assert.All(peer.Connections, connection => Assert.DoesNotContain(connection.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Theory, Trait("rfc", "7671#5.1")]
    [InlineData("matches", Disposition.Delivered, "valid ")]
    [InlineData("of another key", Disposition.Transient, "NoTlsaMatch")]
    [InlineData("none", Disposition.Delivered, "to (unreadable)")]
    [Trait("dukhovni", "dane-ee-ignores-the-rest")]
    public async Task Deliver_CertificateWithoutReadableDate_ItsKeyDecidesAndNothingGoesInTheClear(string records, Disposition expected, string told)
    {
        using var spoiled = _world.SelfSigned("mx.a.test").WithUnreadableEnd();
        var peer = _world.AddHost("mx.a.test", spoiled);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        if (records != "none")
            _world.AddTlsa("mx.a.test", records == "matches" ? spoiled : _world.Issue("mx.a.test"));

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(expected, Assert.Single(report.Recipients).Disposition);
        Assert.Contains(told, report.Explanation.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected == Disposition.Delivered, report.Explanation.Hosts[0].Sessions[0].Tls is not null);
        var connection = Assert.Single(peer.Connections);
        Assert.Contains("STARTTLS", connection.Commands);
        Assert.Equal(expected == Disposition.Delivered ? 1 : 0, connection.Messages.Count);
        // A host that is refused may not have come to its end of the handshake.
        if (expected == Disposition.Delivered)
            Assert.NotNull(connection.TlsProtocol);
        else
            Assert.DoesNotContain(connection.Commands, static command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact, Trait("rfc", "8689#4.2.2")]
    public async Task Deliver_TlsRequiredNoPastDaneMismatch_DeliveredUnderTls()
    {
        var peer = _world.AddHost("mx.a.test", _world.Issue("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.AddTlsa("mx.a.test", _world.Issue("mx.a.test"));

        var report = await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo);

        AssertDelivered(report);
        var ignored = Assert.IsType<PeerVerdict.EncryptedOnly>(report.Explanation.Hosts[0].Sessions[0].Tls!.Verdict);
        Assert.Contains(nameof(PeerRejection.NoTlsaMatch), ignored.IgnoredFailure, StringComparison.Ordinal);
        Assert.NotNull(peer.Connections[0].TlsProtocol);
    }

    [Fact, Trait("rfc", "7672#2.1.2")]
    [Trait("dukhovni", "failure-defers")]
    public async Task Deliver_TlsaLookupFails_NextHostThenDeferred()
    {
        _world.AddHost("mx1.a.test", _world.Issue("mx1.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").Fail("_25._tcp.mx1.a.test", DnsRecordType.Tlsa, DnsFailure.Bogus, new ExtendedDnsError(7, "expired"));

        var report = await _world.DeliverAsync("a.test");
        var recipient = Assert.Single(report.Recipients);

        Assert.Equal((Disposition.Transient, "4.7.5"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Contains("EDE 7", recipient.Sentence, StringComparison.Ordinal);
        Assert.Equal("tlsa-lookup", Assert.Single(report.Explanation.Hosts).Label);
        Assert.Empty(_world.Dialed);

        _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test");
        AssertDelivered(await _world.DeliverAsync("a.test"));
    }

    [Fact, Trait("rfc", "7672#2.2.1")]
    [Trait("dukhovni", "secure-mx")]
    public async Task Deliver_InsecureMxWithTlsa_OpportunisticByDefaultDaneByOption()
    {
        _world.AddHost("mx.a.test", _world.Issue("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test", DnsSecurity.Insecure);
        _world.AddTlsa("mx.a.test", _world.Issue("mx.a.test"));

        var opportunistic = await _world.DeliverAsync("a.test");
        AssertDelivered(opportunistic);
        Assert.Equal(0, _world.Resolver.CountOf("_25._tcp.mx.a.test", DnsRecordType.Tlsa));
        Assert.Contains("the MX records are insecure", opportunistic.Explanation.Hosts[0].Dane, StringComparison.Ordinal);

        _world.Options.InsecureMx = InsecureMxPolicy.Dane;
        var dane = await _world.DeliverAsync("a.test");
        Assert.Equal(Disposition.Transient, Assert.Single(dane.Recipients).Disposition);
        Assert.Contains("the MX records that name it are not secure", dane.Explanation.Hosts[0].Dane, StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "7672#2.2")]
    [Trait("dukhovni", "all-unusable")]
    public async Task Deliver_AllTlsaUnusable_TlsMandatoryUnverified()
    {
        _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddTlsa("_25._tcp.mx.a.test", "0 0 1 00");

        var refused = Assert.Single((await _world.DeliverAsync("a.test")).Recipients);
        Assert.Equal((Disposition.Transient, "4.7.4"), (refused.Disposition, refused.Status.ToString()));

        _world.AddHost("mx2.a.test", _world.SelfSigned("x.test"));
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test").AddTlsa("_25._tcp.mx2.a.test", "1 1 1 00");
        var delivered = await _world.DeliverAsync("a.test");
        AssertDelivered(delivered);
        Assert.Equal(TlsFloor.Encrypt, delivered.Explanation.Hosts[1].Floor);
    }

    [Theory, Trait("rfc", "8461#5")]
    [InlineData("enforce", "mx.a.test", true, true)]
    [InlineData("enforce", "*.a.test", true, true)]
    [InlineData("enforce", "other.a.test", true, false)]
    [InlineData("testing", "other.a.test", true, true)]
    [InlineData("enforce", "mx.a.test", false, false)]
    [InlineData("testing", "mx.a.test", false, true)]
    public async Task Deliver_MtaStsPolicy_ModeDecides(string mode, string pattern, bool goodCertificate, bool delivered)
    {
        var peer = _world.AddHost("mx.a.test", goodCertificate ? _world.Issue("mx.a.test") : _world.SelfSigned("mx.a.test"));
        _world.Resolver.AddZone("a.test", DnsSecurity.Insecure).AddMx("a.test", 10, "mx.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        await _world.SetPolicyAsync("a.test", mode, pattern);

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(delivered ? Disposition.Delivered : Disposition.Transient, Assert.Single(report.Recipients).Disposition);
        Assert.Equal(delivered, peer.Connections.Any(connection => connection.Messages.Count > 0));
        Assert.Contains("policy v1", report.Explanation.MtaSts, StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "8461#2")]
    [Trait("dukhovni", "beside-mta-sts")]
    public async Task Deliver_DaneAndMtaSts_BothMustHold()
    {
        var certificate = _world.SelfSigned("mx.a.test");
        _world.AddHost("mx.a.test", certificate);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.AddTlsa("mx.a.test", certificate);
        await _world.SetPolicyAsync("a.test", "enforce", "mx.a.test");

        var recipient = Assert.Single((await _world.DeliverAsync("a.test")).Recipients);

        Assert.Equal(Disposition.Transient, recipient.Disposition);
        Assert.Contains("Untrusted", recipient.Sentence, StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "8461#3.3")]
    public async Task Deliver_MtaStsCannotBeTold_DeferredUnlessTlsRequiredNo()
    {
        _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").Fail("_mta-sts.a.test", DnsRecordType.Txt, DnsFailure.ServerFailure);

        Assert.Equal(Disposition.Transient, Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Disposition);
        Assert.Empty(_world.Dialed);
        AssertDelivered(await _world.DeliverAsync("a.test", TlsDemand.TlsRequiredNo));
    }

    [Fact, Trait("rfc", "7435#3")]
    public async Task Deliver_NoPolicySelfSigned_EncryptedNotAuthenticated()
    {
        _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var report = await _world.DeliverAsync("a.test");

        AssertDelivered(report);
        Assert.IsType<PeerVerdict.EncryptedOnly>(Assert.Single(report.Explanation.Hosts[0].Sessions).Tls!.Verdict);
    }

    [Theory, Trait("rfc", "7672#2.2")]
    [InlineData(SmtpPeerMoment.StartTls)]
    [InlineData(SmtpPeerMoment.Handshake)]
    public async Task Deliver_BrokenTlsWithoutPolicy_PlaintextInASecondConnection(SmtpPeerMoment moment)
    {
        SmtpPeerAction broken = moment == SmtpPeerMoment.StartTls ? new SmtpPeerAction.Reply("454 4.7.0 TLS not available") : new SmtpPeerAction.Close();
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.On(moment, broken));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        AssertDelivered(await _world.DeliverAsync("a.test"));
        Assert.Equal(2, peer.Connections.Count);
        Assert.Null(peer.Connections[1].TlsProtocol);
    }

    [Fact, Trait("rfc", "7672#2.2")]
    public async Task Deliver_HandshakeStallsWithoutPolicy_PlaintextInASecondConnection()
    {
        _world.Options.Timeouts = new Transports.SmtpTimeouts { TlsHandshake = TimeSpan.FromMilliseconds(100), Quit = TimeSpan.FromSeconds(2) };
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.On(SmtpPeerMoment.Handshake, new SmtpPeerAction.Stall()));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        AssertDelivered(await _world.DeliverAsync("a.test"));
        Assert.Equal(2, peer.Connections.Count);
    }

    [Theory, Trait("rfc", "7672#2.1.2")]
    [InlineData(TlsDemand.Default)]
    [InlineData(TlsDemand.RequireTls)]
    public async Task Deliver_HandshakeStallsOrBreaksWithTlsa_NeverPlaintext(TlsDemand demand)
    {
        _world.Options.Timeouts = new Transports.SmtpTimeouts { TlsHandshake = TimeSpan.FromMilliseconds(100), Quit = TimeSpan.FromSeconds(2) };
        var certificate = _world.SelfSigned("x.test");
        var stalled = _world.AddHost("mx1.a.test", certificate, options => options.On(SmtpPeerMoment.Handshake, new SmtpPeerAction.Stall()), "REQUIRETLS");
        var closed = _world.AddHost("mx2.a.test", certificate, options => options.On(SmtpPeerMoment.Handshake, new SmtpPeerAction.Close()), "REQUIRETLS");
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        _world.AddTlsa("mx1.a.test", certificate);
        _world.AddTlsa("mx2.a.test", certificate);

        Assert.Equal(Disposition.Transient, Assert.Single((await _world.DeliverAsync("a.test", demand)).Recipients).Disposition);
        Assert.Single(stalled.Connections);
        Assert.Single(closed.Connections);
    }

    [Fact, Trait("rfc", "7435#3")]
    public async Task Deliver_ServerHangsUpBeforeTls_NoSecondConnectionInTheClear()
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Close()));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        Assert.Equal("4.4.2", Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Status.ToString());
        Assert.Single(peer.Connections);
    }

    [Fact, Trait("rfc", "3207#4")]
    public async Task Deliver_PlaintextInjectedAtStartTls_DeferredNeverPlaintext()
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.On(SmtpPeerMoment.StartTls, new SmtpPeerAction.Raw("220 go ahead\r\n250 evil\r\n")));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var recipient = Assert.Single((await _world.DeliverAsync("a.test")).Recipients);

        Assert.Equal((Disposition.Transient, "4.7.0"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Single(peer.Connections);
        Assert.DoesNotContain(peer.Connections[0].Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData(true, true, true, "2.0.0")]     // signed MX, certificate of a trusted authority, keyword
    [InlineData(true, true, false, "5.7.30")]
    [InlineData(true, false, true, "5.7.10")]   // self-signed, no TLSA
    [InlineData(false, true, true, "5.7.10")]   // nobody vouches for the name
    public async Task Deliver_RequireTls_GatesDecide(bool signedMx, bool trusted, bool keyword, string status)
    {
        var peer = _world.AddHost("mx.a.test", trusted ? _world.Issue("mx.a.test") : _world.SelfSigned("mx.a.test"), null, keyword ? ["REQUIRETLS"] : []);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test", signedMx ? DnsSecurity.Secure : DnsSecurity.Insecure);
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        var recipient = Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients);

        Assert.Equal(status, recipient.Status.ToString());
        Assert.Equal(status == "2.0.0" ? Disposition.Delivered : Disposition.Permanent, recipient.Disposition);
        Assert.Equal(status == "2.0.0", peer.Connections.SelectMany(connection => connection.Commands).Any(command => command.Contains("REQUIRETLS", StringComparison.Ordinal)));
    }

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData("enforce", "2.0.0")]
    [InlineData("testing", "5.7.10")]           // proves no name
    public async Task Deliver_RequireTlsInsecureMxWithPolicy_OnlyEnforceVouchesForTheName(string mode, string status)
    {
        _world.AddHost("mx.a.test", _world.Issue("mx.a.test"), null, "REQUIRETLS");
        _world.Resolver.AddZone("a.test", DnsSecurity.Insecure).AddMx("a.test", 10, "mx.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        await _world.SetPolicyAsync("a.test", mode, "mx.a.test");

        Assert.Equal(status, Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients).Status.ToString());
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Deliver_RequireTlsDomainWithoutMx_ItsOwnNameIsProof()
    {
        _world.Resolver.AddZone("a.test", DnsSecurity.Insecure);
        _world.AddHost("a.test", _world.Issue("a.test"), null, "REQUIRETLS");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        AssertDelivered(await _world.DeliverAsync("a.test", TlsDemand.RequireTls));
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Deliver_RequireTlsUnusableTlsa_TheChainAuthenticates()
    {
        _world.AddHost("mx1.a.test", _world.SelfSigned("mx1.a.test"), null, "REQUIRETLS");
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddTlsa("_25._tcp.mx1.a.test", "0 0 1 00");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        Assert.Equal("5.7.10", Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients).Status.ToString());

        _world.AddHost("mx2.a.test", _world.Issue("mx2.a.test"), null, "REQUIRETLS");
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test").AddTlsa("_25._tcp.mx2.a.test", "0 0 1 00");
        AssertDelivered(await _world.DeliverAsync("a.test", TlsDemand.RequireTls));
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Deliver_RequireTlsSecondHostHasIt_DeliveredThere()
    {
        _world.AddHost("mx1.a.test", _world.Issue("mx1.a.test"));
        var second = _world.AddHost("mx2.a.test", _world.Issue("mx2.a.test"), null, "REQUIRETLS");
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        AssertDelivered(await _world.DeliverAsync("a.test", TlsDemand.RequireTls));
        Assert.Single(second.Connections[0].Messages);
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Deliver_RequireTlsRefusedByOneHostOtherUnreachable_Transient()
    {
        _world.AddHost("mx1.a.test", _world.Issue("mx1.a.test"));
        _world.AddDeadHost("mx2.a.test");
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];

        Assert.Equal(Disposition.Transient, Assert.Single((await _world.DeliverAsync("a.test", TlsDemand.RequireTls)).Recipients).Disposition);
    }

    [Fact, Trait("rfc", "8689#5")]
    public async Task Deliver_RequireTlsReportToHostWithoutIt_DeliveredWithoutTheParameter()
    {
        var peer = _world.AddHost("mx.a.test", _world.Issue("mx.a.test"));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        var request = DeliveryWorld.Request("a.test", TlsDemand.RequireTls);

        var report = await _world.Agent.DeliverAsync(request with { Envelope = request.Envelope with { ReversePath = MailPath.Null } }, TestContext.Current.CancellationToken);

        AssertDelivered(report);
        Assert.Contains(peer.Connections[0].Commands, command => command.StartsWith("MAIL FROM:<>", StringComparison.Ordinal));
    }

    private static void AssertDelivered(AttemptReport report) => Assert.All(report.Recipients, recipient =>
    {
        Assert.True(recipient.Disposition == Disposition.Delivered, report.Explanation.ToString());
        Assert.True(recipient.Status.IsSuccess);
    });
}
