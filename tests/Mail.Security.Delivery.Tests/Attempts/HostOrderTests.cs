using Mail.Security.Dnssec;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

public sealed class HostOrderTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory, Trait("rfc", "5321#5.1")]
    [InlineData(SmtpPeerMoment.Greeting, "421 4.3.2 not now", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.Greeting, "554 5.7.1 go away", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.Hello, "550 5.7.1 no", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.Mail, "451 4.3.0 later", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.Recipient, "450 4.2.0 greylisted", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.EndOfData, "451 4.3.0 later", Disposition.Delivered)]
    [InlineData(SmtpPeerMoment.Mail, "550 5.7.1 no", Disposition.Permanent)]
    [InlineData(SmtpPeerMoment.Recipient, "550 5.1.1 unknown", Disposition.Permanent)]
    [InlineData(SmtpPeerMoment.EndOfData, "554 5.6.0 spam", Disposition.Permanent)]
    public async Task Deliver_FirstHostSaysNo_SecondHostOrItsWordIsFinal(SmtpPeerMoment moment, string reply, Disposition expected)
    {
        _world.AddHost("mx1.a.test", null, options => options.On(moment, new SmtpPeerAction.Reply(reply)));
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");

        var report = await _world.DeliverAsync("a.test");

        var recipient = Assert.Single(report.Recipients);
        Assert.True(recipient.Disposition == expected, report.Explanation.ToString());
        Assert.Equal(expected == Disposition.Delivered ? 1 : 0, second.Connections.Count(connection => connection.Messages.Count > 0));
        if (expected == Disposition.Permanent)
            Assert.Equal(reply[..3], recipient.RemoteReply!.Code.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact, Trait("rfc", "5321#4.5.3.2.6")]
    public async Task Deliver_NoAnswerToTheEndOfTheMessage_NoOtherHostIsAsked()
    {
        _world.AddHost("mx1.a.test", null, options => options.On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reset()));
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");

        Assert.Equal(Disposition.Transient, Assert.Single((await _world.DeliverAsync("a.test")).Recipients).Disposition);
        Assert.Empty(second.Connections);
    }

    [Fact]
    public async Task Deliver_MixedRecipients_EachItsOwnOutcome()
    {
        _world.AddHost("mx1.a.test", null, options => options
            .On(SmtpPeerMoment.Recipient, "RCPT TO:<bad@*", "550 5.1.1 unknown")
            .On(SmtpPeerMoment.Recipient, "RCPT TO:<later@*", "451 4.2.0 greylisted"));
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "good", "bad", "later");

        Assert.Equal([Disposition.Delivered, Disposition.Permanent, Disposition.Transient], report.Recipients.Select(one => one.Disposition));
        Assert.Equal(["2.0.0", "5.1.1", "4.2.0"], report.Recipients.Select(one => one.Status.ToString()));
        Assert.Contains("delivered 1 of 3", report.Explanation.Verdict, StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "5321#4.5.3.1.10")]
    [InlineData("452 4.5.3 too many")]
    [InlineData("552 5.5.3 too many")]
    public async Task Deliver_ServerLimitsRecipients_FurtherTransactionsOfTheSameSession(string reply)
    {
        // Three to a transaction: the fourth and later RCPT of each are refused.
        var peer = _world.AddHost("mx1.a.test", null, options =>
        {
            foreach (var over in (int[])[4, 5, 6, 7, 11])
                options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply(reply)) { Occurrence = over });
        });
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "r1", "r2", "r3", "r4", "r5", "r6", "r7");

        Assert.All(report.Recipients, recipient => Assert.Equal(Disposition.Delivered, recipient.Disposition));
        Assert.Equal([3, 3, 1], peer.Connections[^1].Messages.Select(message => message.Recipients.Count));
    }

    [Fact, Trait("rfc", "7505#3")]
    public async Task Deliver_NullMx_Permanent()
    {
        _world.Resolver.AddMx("a.test", 0, ".");
        var recipient = Assert.Single((await _world.DeliverAsync("a.test")).Recipients);
        Assert.Equal((Disposition.Permanent, "5.1.10"), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Fact]
    public async Task Deliver_NoSuchDomain_Permanent()
    {
        var recipient = Assert.Single((await _world.DeliverAsync("nowhere.test")).Recipients);
        Assert.Equal((Disposition.Permanent, "5.1.2"), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Fact, Trait("rfc", "5321#5.1")]
    public async Task Deliver_NoMxRecords_DomainIsItsOwnHost()
    {
        var certificate = _world.SelfSigned("a.test");
        _world.AddHost("a.test", certificate);
        _world.AddTlsa("a.test", certificate);

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, Assert.Single(report.Recipients).Disposition);
        Assert.Equal(TlsFloor.Authenticate, report.Explanation.Hosts[0].Floor);
    }

    [Theory]
    [InlineData(DnsFailure.Timeout, "4.4.3")]
    [InlineData(DnsFailure.Bogus, "4.7.5")]
    public async Task Deliver_MxLookupFails_Transient(DnsFailure reason, string status)
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").Fail("a.test", DnsRecordType.Mx, reason);
        var recipient = Assert.Single((await _world.DeliverAsync("a.test")).Recipients);
        Assert.Equal((Disposition.Transient, status), (recipient.Disposition, recipient.Status.ToString()));
    }

    [Fact]
    public async Task Deliver_EveryHostWithoutAddress_PermanentOneUnknown_Transient()
    {
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        Assert.Equal((Disposition.Permanent, "5.4.4"), Status(await _world.DeliverAsync("a.test")));

        _world.Resolver.Fail("mx2.a.test", DnsRecordType.A, DnsFailure.Timeout).Fail("mx2.a.test", DnsRecordType.Aaaa, DnsFailure.Timeout);
        Assert.Equal(Disposition.Transient, Status(await _world.DeliverAsync("a.test")).Item1);
    }

    [Fact]
    public async Task Deliver_FirstAddressDead_NextAddressOfTheHost()
    {
        _world.Resolver.AddAddress("mx.a.test", "198.51.100.9");
        _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var report = await _world.DeliverAsync("a.test");

        Assert.Equal(Disposition.Delivered, Assert.Single(report.Recipients).Disposition);
        Assert.Equal(3, report.Explanation.Hosts[0].Sessions.Count);    // dead, no STARTTLS, clear
    }

    [Fact]
    public async Task Deliver_ManyHosts_NoMoreThanTheLimitIsTried()
    {
        for (var number = 1; number <= 30; number++)
        {
            _world.AddDeadHost($"mx{number}.a.test");
            _world.Resolver.AddMx("a.test", (ushort)number, $"mx{number}.a.test");
        }
        await _world.DeliverAsync("a.test");
        Assert.Equal(_world.Options.MaxHosts, _world.Dialed.Count);
    }

    [Fact]
    public async Task Deliver_CancelledAfterOneHostTookIt_ReportsInsteadOfThrowing()
    {
        using var cancel = new CancellationTokenSource();
        _world.AddHost("mx1.a.test", null, options => options.On(SmtpPeerMoment.Recipient, "RCPT TO:<later@*", "451 4.2.0 greylisted"));
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test")
            .Hang("mx2.a.test", DnsRecordType.A).Hang("mx2.a.test", DnsRecordType.Aaaa);
        var attempt = _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test", TlsDemand.Default, "good", "later"), cancel.Token).AsTask();
        while (_world.Resolver.CountOf("mx2.a.test", DnsRecordType.A) == 0)
            await Task.Yield();
        await cancel.CancelAsync();

        var report = await attempt;

        Assert.Equal([Disposition.Delivered, Disposition.Transient], report.Recipients.Select(one => one.Disposition));
    }

    [Fact]
    public async Task Deliver_CancelledBeforeAnybodyTookIt_Throws()
    {
        using var cancel = new CancellationTokenSource();
        _world.Resolver.Hang("a.test", DnsRecordType.Mx);
        var attempt = _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }

    [Fact]
    public async Task Deliver_RecipientOfAnotherDomain_Throws()
    {
        var request = DeliveryWorld.Request("a.test") with { Domain = DeliveryWorld.Domain("b.test") };
        await Assert.ThrowsAsync<ArgumentException>(() => _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Deliver_FaultyContent_RefusedOnceForAll()
    {
        var first = _world.AddHost("mx1.a.test", null);
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        var request = DeliveryWorld.Request("a.test") with { Content = new BytesContent("a\nb\r\n"u8.ToArray()) };

        var recipient = Assert.Single((await _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken)).Recipients);

        Assert.Equal((Disposition.Permanent, "5.6.0"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Empty(second.Connections);
        Assert.Empty((await first.WaitForEndAsync(1, TestContext.Current.CancellationToken)).Messages);
    }

    private static (Disposition, string) Status(AttemptReport report) => (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString());
}
