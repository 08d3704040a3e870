using Mail.Security.Dnssec;
using Mail.Security.Smtp;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>Messages that share a connection, those that must not, and connections that were gone.</summary>
public sealed class PooledDeliveryTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public PooledDeliveryTests()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        _world.Pool = new SmtpSessionPool();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Deliver_TwoMessagesOneHost_OneConnectionExplained()
    {
        var certificate = _world.SelfSigned("mx.a.test");
        var peer = _world.AddHost("mx.a.test", certificate);
        _world.AddTlsa("mx.a.test", certificate);

        var first = await DeliveredAsync("a.test");
        var second = await DeliveredAsync("a.test");

        Assert.Equal(2, Assert.Single(peer.Connections).Messages.Count);
        Assert.Single(_world.Dialed);
        var (fresh, reused) = (Assert.Single(first.Explanation.Hosts[0].Sessions), Assert.Single(second.Explanation.Hosts[0].Sessions));
        Assert.Equal((1, 2), (fresh.Message, reused.Message));
        Assert.Equal(fresh with { Message = 2, Result = reused.Result }, reused);
        Assert.Equal("dane-ee", Assert.IsType<PeerVerdict.Authenticated>(reused.Tls!.Verdict).Method);
        Assert.Contains($"{reused.Address} with STARTTLS, reused connection (message 2): accepted", second.Explanation.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("reused", first.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(TlsaUsage.DaneEe, 1)]
    [InlineData(TlsaUsage.DaneTa, 2)]                       // a certificate may be for the domain too, so the verifier is another (RFC 7672 §3.2.2)
    public async Task Deliver_OtherDomainSameHost_SharedWhereTheVerifierIsTheSame(TlsaUsage? dane, int connections)
    {
        var certificate = _world.Issue("mx.a.test");
        var peer = _world.AddHost("mx.a.test", certificate);
        _world.Resolver.AddMx("b.test", 10, "mx.a.test");
        if (dane is { } usage)
            _world.AddTlsa("mx.a.test", certificate, usage);

        await DeliveredAsync("a.test");
        await DeliveredAsync("b.test");

        Assert.Equal(connections, peer.Connections.Count);
    }

    [Fact]
    public async Task Deliver_OtherRecordsMeanwhile_NotShared()
    {
        var (old, next) = (_world.SelfSigned("mx.a.test"), _world.SelfSigned("mx.a.test"));
        var peer = _world.AddHost("mx.a.test", old);
        _world.AddTlsa("mx.a.test", old);
        await DeliveredAsync("a.test");
        _world.AddTlsa("mx.a.test", next);                  // a rollover begins

        await DeliveredAsync("a.test");

        Assert.Equal(2, peer.Connections.Count);
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Deliver_OtherDemand_NotShared()
    {
        var certificate = _world.SelfSigned("mx.a.test");
        var peer = _world.AddHost("mx.a.test", certificate, null, "REQUIRETLS");
        _world.AddTlsa("mx.a.test", certificate);
        foreach (var demand in (TlsDemand[])[TlsDemand.Default, TlsDemand.RequireTls, TlsDemand.TlsRequiredNo, TlsDemand.RequireTls, TlsDemand.Default])
            await DeliveredAsync("a.test", demand);

        Assert.Equal([2, 2, 1], peer.Connections.Select(static connection => connection.Messages.Count));
        Assert.All(peer.Connections[1].Commands.Where(static command => command.StartsWith("MAIL", StringComparison.Ordinal)), static command => Assert.EndsWith("REQUIRETLS", command, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deliver_HostWithoutTls_PlaintextIsNeverKept(bool announced)
    {
        var peer = _world.AddHost("mx.a.test", announced ? _world.SelfSigned("mx.a.test") : null, options => options.On(SmtpPeerMoment.StartTls, new SmtpPeerAction.Reply("454 4.7.0 not now")));

        await DeliveredAsync("a.test");
        await DeliveredAsync("a.test");

        Assert.Equal([0, 1, 0, 1], peer.Connections.Select(static connection => connection.Messages.Count));
    }

    [Theory]
    [InlineData("421 4.3.2 too long")]
    [InlineData("CLOSE")]
    [InlineData("RESET")]
    public async Task Deliver_ConnectionGoneAtMail_AnotherInTheSameAttemptAndNoFailure(string does)
    {
        SmtpPeerAction action = does switch { "CLOSE" => new SmtpPeerAction.Close(), "RESET" => new SmtpPeerAction.Reset(), _ => new SmtpPeerAction.ReplyAndClose(does) };
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Mail, action) { Connection = 1, Occurrence = 2 }));
        _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test");
        await DeliveredAsync("a.test");

        var report = await DeliveredAsync("a.test");

        Assert.Equal([1, 1], peer.Connections.Select(static connection => connection.Messages.Count));
        var host = Assert.Single(report.Explanation.Hosts);
        Assert.Equal([2, 1], host.Sessions.Select(static session => session.Message));
        Assert.StartsWith("the connection was gone: ", host.Sessions[0].Result, StringComparison.Ordinal);
        Assert.StartsWith("accepted", host.Result, StringComparison.Ordinal);
    }

    [Theory]                                                // whoever was accepted in the first turn is not asked for again
    [InlineData(SmtpPeerMoment.Mail, 3)]
    [InlineData(SmtpPeerMoment.Reset, 1)]
    public async Task Deliver_ConnectionGoneBetweenTurns_WhoWasAcceptedStaysSo(SmtpPeerMoment moment, int occurrence)
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options =>
        {
            if (moment == SmtpPeerMoment.Reset)
                options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("451 4.3.0 later")) { Connection = 1, Occurrence = 2 });
            options.Rules.Add(new SmtpPeerRule(moment, new SmtpPeerAction.ReplyAndClose("421 4.3.2 too long")) { Connection = 1, Occurrence = occurrence });
        }, "PIPELINING", "LIMITS RCPTMAX=1");
        await DeliveredAsync("a.test");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "ann", "bob");

        Assert.Equal(moment == SmtpPeerMoment.Mail ? [Disposition.Delivered, Disposition.Transient] : [Disposition.Transient, Disposition.Transient], report.Recipients.Select(static one => one.Disposition));
        Assert.Single(peer.Connections);
    }

    [Theory]
    [InlineData("MAILMAX=1 RCPTMAX=1", 3)]
    [InlineData("MAILMAX=2 RCPTMAX=1", 2)]
    public async Task Deliver_SessionTakesOnlySomeRecipients_TheOthersInFurtherSessions(string limits, int connections)
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), null, "PIPELINING", $"LIMITS {limits}");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "ann", "bob", "eve");

        Assert.All(report.Recipients, static one => Assert.Equal(Disposition.Delivered, one.Disposition));
        Assert.Equal(connections, peer.Connections.Count);
        Assert.Equal(["RCPT TO:<ann@a.test>", "RCPT TO:<bob@a.test>", "RCPT TO:<eve@a.test>"], peer.Connections.SelectMany(static one => one.Messages).SelectMany(static message => message.Recipients));
    }

    [Fact]                                                  // who is over quota does not stand before the others again and again
    public async Task Deliver_OneOfEachSessionRefusedForNow_TheOthersAreDelivered()
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.Rules.Add(
            new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("452 4.2.2 over quota")) { Command = "*ann@*" }), "PIPELINING", "LIMITS RCPTMAX=1 MAILMAX=1");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "ann", "bob", "eve");

        Assert.Equal([Disposition.Transient, Disposition.Delivered, Disposition.Delivered], report.Recipients.Select(static one => one.Disposition));
        Assert.Equal("4.2.2", report.Recipients[0].Status.ToString());
        Assert.InRange(peer.Connections.Count, 3, 4);
    }

    [Fact, Trait("rfc", "6533#3")]
    public async Task Deliver_OriginalRecipientTooLongInAscii_LeftOut()
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), null, "DSN");
        var request = DeliveryWorld.Request("a.test");
        request = request with { Envelope = request.Envelope with { Recipients = [request.Envelope.Recipients[0] with { OriginalRecipient = new OriginalRecipient("utf-8", new string('\u4e00', 70) + "@b.test") }] } };

        Assert.Equal(Disposition.Delivered, (await _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken)).Recipients[0].Disposition);
        Assert.Equal("RCPT TO:<to@a.test>", Assert.Single(Assert.Single(peer.Connections[0].Messages).Recipients));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deliver_StoppedInALaterTurn_WhoWasAcceptedIsReported(bool byTransferTime)
    {
        if (byTransferTime)
            _world.Options.TransferTimeout = TimeSpan.FromSeconds(2);
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options => options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall()) { Occurrence = 2 }), "PIPELINING", "LIMITS RCPTMAX=1");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var delivering = _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test", TlsDemand.Default, "ann", "bob"), stop.Token).AsTask();
        while (!byTransferTime && (peer.Connections.Count == 0 || peer.Connections[0].Commands.Count(static command => command == "DATA") < 2))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        if (!byTransferTime)
            await stop.CancelAsync();
        var report = await delivering;

        Assert.Equal([Disposition.Delivered, Disposition.Transient], report.Recipients.Select(static one => one.Disposition));
        Assert.Equal(byTransferTime ? "4.4.2" : "4.3.0", report.Recipients[1].Status.ToString());
    }

    [Theory]
    [InlineData(SmtpPeerMoment.Mail)]                       // fresh, and gone at once: that is the host
    [InlineData(SmtpPeerMoment.EndOfData)]
    public async Task Deliver_GoneAgainOnAFreshConnection_CountsAsEver(SmtpPeerMoment moment)
    {
        var peer = _world.AddHost("mx.a.test", _world.SelfSigned("mx.a.test"), options =>
        {
            options.Rules.Add(new SmtpPeerRule(moment, new SmtpPeerAction.Close()) { Connection = 1, Occurrence = 2 });
            options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Mail, new SmtpPeerAction.Close()) { Connection = 2 });
        });
        await DeliveredAsync("a.test");

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal((Disposition.Transient, "4.4.2"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.Null(report.PostponedUntil);
        Assert.Equal(moment == SmtpPeerMoment.Mail ? 2 : 1, peer.Connections.Count);    // what may have arrived is not sent again
    }

    [Fact]
    public async Task Deliver_AllConnectionsInUse_PostponedAndNobodyElseAsked()
    {
        _world.Pool = new SmtpSessionPool(new SmtpSessionPoolOptions { MaxSessionsPerHost = 1, WaitTime = TimeSpan.FromMilliseconds(50) });
        var peer = _world.AddHost("mx.a.test", null, options => options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall()) { Connection = 2 }));
        _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var stalled = _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test"), stop.Token).AsTask();
        await UntilAsync(() => peer.Connections.Count == 2 && peer.Connections[1].Commands.Contains("DATA"));

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal((Disposition.Transient, "4.4.5"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.InRange(report.PostponedUntil!.Value - report.Started, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));
        Assert.Equal("no further connection to mx.a.test may be made now", Assert.Single(report.Explanation.Hosts).Result);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
    }

    [Fact, Trait("rfc", "5321#4.5.3.1.10")]
    public async Task Deliver_TooManyRecipients_NoMoreTransactionsThanTheServerNames()
    {
        var peer = _world.AddHost(new MailExchangerOptions { HostName = "mx.a.test", Keywords = ["PIPELINING", "LIMITS MAILMAX=1"] }
            .On(SmtpPeerMoment.Recipient, "*second*", "452 4.5.3 too many"));

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "first", "second");

        Assert.Equal([Disposition.Delivered, Disposition.Transient], report.Recipients.Select(static recipient => recipient.Disposition));
        Assert.All(peer.Connections, static connection => Assert.InRange(connection.Commands.Count(static command => command.StartsWith("MAIL", StringComparison.Ordinal)), 0, 1));
    }

    private async Task<AttemptReport> DeliveredAsync(string domain, TlsDemand demand = TlsDemand.Default)
    {
        var report = await _world.DeliverAsync(domain, demand);
        Assert.Equal(Disposition.Delivered, Assert.Single(report.Recipients).Disposition);
        return report;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }
}
