using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Delivery.Tests;

/// <summary>An attempt as a whole has an end, whatever the hosts of a domain make of their own time limits.</summary>
public sealed class AttemptTimeoutTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(20);

    private readonly DeliveryWorld _world = new();
    private readonly FakeTimeProvider _time = new();

    public AttemptTimeoutTests()
    {
        _world.Options.Timeouts = new SmtpTimeouts { Greeting = Long, Command = Long, TlsHandshake = Long, Mail = Long, Recipient = Long, DataInitiation = Long, DataTermination = Long };
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(SmtpPeerMoment.Greeting)]
    [InlineData(SmtpPeerMoment.Hello)]
    [InlineData(SmtpPeerMoment.Handshake)]
    public async Task Deliver_HostStallsWhileItIsOpened_AttemptEndsAndNobodyElseIsDialed(SmtpPeerMoment moment)
    {
        var peer = _world.AddHost("mx1.a.test", _world.SelfSigned("mx1.a.test"), options => options.On(moment, new SmtpPeerAction.Stall()));
        _world.AddHost("mx2.a.test", null);
        var attempt = Start(TlsDemand.Default);
        await UntilAsync(() => peer.Connections.Count == 1);

        _time.Advance(_world.Options.AttemptTimeout);
        var report = await attempt;

        AssertTransient(report, "4.4.1");
        Assert.Single(_world.Dialed);
        Assert.Equal("stopped", Assert.Single(report.Explanation.Hosts).Result);
        Assert.Equal(_world.Options.AttemptTimeout, report.Duration);
    }

    [Fact]
    public async Task Deliver_LookupHangs_AttemptEnds()
    {
        _world.Resolver.Hang("a.test", DnsRecordType.Mx);
        var attempt = Start(TlsDemand.Default);
        await UntilAsync(() => _world.Resolver.CountOf("a.test", DnsRecordType.Mx) == 1);

        _time.Advance(_world.Options.AttemptTimeout);

        AssertTransient(await attempt, "4.4.1");
    }

    [Fact]
    public async Task Deliver_TimeOverWithRefusalsSoFar_NothingIsFinal()
    {
        var peer = _world.AddHost("mx2.a.test", null, options => options.On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Stall()));
        _world.AddHost("mx1.a.test", null);             // REQUIRETLS in the clear: 5.7.10
        var attempt = Start(TlsDemand.RequireTls);
        await UntilAsync(() => peer.Connections.Count == 1);

        _time.Advance(_world.Options.AttemptTimeout);

        AssertTransient(await attempt, "4.4.1");
    }

    [Theory]
    [InlineData(SmtpPeerMoment.Mail)]
    [InlineData(SmtpPeerMoment.Recipient)]
    [InlineData(SmtpPeerMoment.EndOfData)]
    public async Task Deliver_HostStallsInTheTransaction_ItsOwnLimitAndNoOtherHost(SmtpPeerMoment moment)
    {
        (_world.Options.AttemptTimeout, _world.Options.TransferTimeout) = (TimeSpan.FromMinutes(10), TimeSpan.FromHours(2));
        var peer = _world.AddHost("mx1.a.test", null, options => options.On(moment, new SmtpPeerAction.Stall()));
        _world.AddHost("mx2.a.test", null);
        var attempt = Start(TlsDemand.Default);
        await UntilAsync(() => peer.Connections.Any(connection => connection.Commands.Any(command => command.StartsWith("DATA", StringComparison.Ordinal) || (moment != SmtpPeerMoment.EndOfData && command.StartsWith(moment == SmtpPeerMoment.Mail ? "MAIL" : "RCPT", StringComparison.Ordinal)))));

        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(attempt.IsCompleted);              // a transaction that has begun goes on
        _time.Advance(TimeSpan.FromHours(2));
        var report = await attempt;

        AssertTransient(report, "4.4.2");
        Assert.All(_world.Dialed, address => Assert.Equal(_world.Dialed.First(), address));
        Assert.Contains("in time", Assert.Single(report.Explanation.Hosts).Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_TransferCutWithTimeLeft_NoOtherHostAllTheSame()
    {
        (_world.Options.AttemptTimeout, _world.Options.TransferTimeout) = (Long, TimeSpan.FromHours(1));
        var peer = _world.AddHost("mx1.a.test", null, options => options.On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall()));
        var second = _world.AddHost("mx2.a.test", null);
        var attempt = Start(TlsDemand.Default);
        await UntilAsync(() => peer.Connections.Any(connection => connection.Messages.Count > 0));

        _time.Advance(_world.Options.TransferTimeout);

        AssertTransient(await attempt, "4.4.2");
        Assert.Empty(second.Connections);
    }

    [Fact]
    public async Task Deliver_TimeOverInATransaction_ItGoesOnAndNoFurtherOneIsBegun()
    {
        _world.Options.TransferTimeout = _world.Options.AttemptTimeout + TimeSpan.FromHours(1);
        var peer = _world.AddHost("mx1.a.test", null, options => options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("452 4.5.3 too many")) { Occurrence = 2 }));
        var request = DeliveryWorld.Request("a.test", TlsDemand.Default, "one", "two") with { Content = new SlowContent(() => _time.Advance(_world.Options.AttemptTimeout)) };

        var report = await _world.AgentBy(_time).DeliverAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal([Disposition.Delivered, Disposition.Transient], report.Recipients.Select(one => one.Disposition));
        Assert.Single(peer.Connections.SelectMany(connection => connection.Messages));
    }

    [Fact]
    public async Task Deliver_CallerCancels_IsNotTheTimeLimit()
    {
        using var cancel = new CancellationTokenSource();
        var peer = _world.AddHost("mx1.a.test", null, options => options.On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Stall()));
        var attempt = _world.AgentBy(_time).DeliverAsync(DeliveryWorld.Request("a.test"), cancel.Token).AsTask();
        await UntilAsync(() => peer.Connections.Count == 1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }

    private Task<AttemptReport> Start(TlsDemand demand) => _world.AgentBy(_time).DeliverAsync(DeliveryWorld.Request("a.test", demand), TestContext.Current.CancellationToken).AsTask();

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static void AssertTransient(AttemptReport report, string status) =>
        Assert.Equal((Disposition.Transient, status), (Assert.Single(report.Recipients).Disposition, report.Recipients[0].Status.ToString()));

    /// <summary>Content that does something when it is opened.</summary>
    private sealed class SlowContent(Action opening) : MessageContent
    {
        private readonly BytesContent _bytes = new("Subject: x\r\n\r\ny\r\n"u8.ToArray());

        public override long Length => _bytes.Length;

        public override Stream OpenRead()
        {
            opening();
            return _bytes.OpenRead();
        }
    }
}
