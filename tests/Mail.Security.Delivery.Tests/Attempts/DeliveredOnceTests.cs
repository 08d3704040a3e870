using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>What a host has taken is known and is not sent again.</summary>
public sealed class DeliveredOnceTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Deliver_RecipientNamedTwice_OneRcptAndBothReported()
    {
        var first = _world.AddHost("mx1.a.test", null, options => options.Rules.Add(
            new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("452 4.5.3 too many")) { Occurrence = 2 }));
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "to", "to");

        Assert.Equal([Disposition.Delivered, Disposition.Delivered], report.Recipients.Select(one => one.Disposition));
        Assert.Single(Assert.Single(first.Connections.SelectMany(connection => connection.Messages)).Recipients);
        Assert.Empty(second.Connections);
    }

    [Fact]
    public async Task Deliver_RecipientNamedTwiceRefused_BothReported()
    {
        _world.AddHost("mx.a.test", null, options => options.On(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("550 5.1.1 unknown")));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");

        var report = await _world.DeliverAsync("a.test", TlsDemand.Default, "to", "other", "to");

        Assert.Equal(["to@a.test", "other@a.test", "to@a.test"], report.Recipients.Select(one => one.Recipient.ToString()));
        Assert.All(report.Recipients, one => Assert.Equal("5.1.1", one.Status.ToString()));
    }

    // Content comes from stores that throw what they like; only the type of the exception changes.
    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task Deliver_ContentUnreadableAfterAHostTookIt_ReportsInsteadOfThrowing(Type fault)
    {
        _world.AddHost("mx1.a.test", null, options => options.Keywords.Remove("SMTPUTF8"));
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");
        var request = DeliveryWorld.Request("a.test", TlsDemand.Default, "good", "später") with
        {
            Content = new OnceReadableContent((Exception)Activator.CreateInstance(fault, "/var/spool/secret")!),
        };

        var report = await _world.Agent.DeliverAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal([Disposition.Delivered, Disposition.Transient], report.Recipients.Select(one => one.Disposition));
        Assert.Contains(second.Connections[^1].Commands, command => command.StartsWith("RCPT TO:<später@", StringComparison.Ordinal));
        Assert.DoesNotContain("/var/spool", report.Explanation.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/var/spool", report.Recipients[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_ContentUnreadableBeforeAnybodyTookIt_Throws()
    {
        _world.AddHost("mx.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        var content = new OnceReadableContent(new IOException("gone"));
        content.OpenRead().Dispose();

        await Assert.ThrowsAsync<IOException>(() => _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test") with { Content = content }, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact, Trait("rfc", "5321#4.1.1.10")]
    public async Task Deliver_CancelledWhileTheServerIsSilentAtQuit_ReportsAtOnce()
    {
        using var cancel = new CancellationTokenSource();
        _world.Options.Timeouts = new SmtpTimeouts { Quit = TimeSpan.FromHours(1) };
        var peer = _world.AddHost("mx.a.test", null, options => options.On(SmtpPeerMoment.Quit, new SmtpPeerAction.Stall()));
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        var attempt = _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test"), cancel.Token).AsTask();
        while (!peer.Connections.Any(connection => connection.Messages.Count > 0 && connection.Commands.Contains("QUIT")))
            await Task.Yield();
        await cancel.CancelAsync();

        var report = await attempt.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(Disposition.Delivered, Assert.Single(report.Recipients).Disposition);
        Assert.StartsWith("accepted", Assert.Single(report.Explanation.Hosts).Result, StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "5321#4.5.3.2.6")]
    [InlineData("354 more", 1, 0)]
    [InlineData("garbage", 1, 0)]
    [InlineData("", 1, 0)]
    [InlineData("", 2, 0)]
    [InlineData("", 3, 1)]          // a host that is silent for ever must not keep the message from the others
    [InlineData("354 more", 3, 1)]
    [InlineData("421 4.3.2 closing", 1, 1)]
    public async Task Deliver_NoVerdictOnTheMessage_OtherHostsOnlyFromTheThirdAttempt(string answer, int attempt, int others)
    {
        SmtpPeerAction action = answer.Length > 0 ? new SmtpPeerAction.ReplyAndClose(answer) : new SmtpPeerAction.Close();
        _world.AddHost("mx1.a.test", null, options => options.On(SmtpPeerMoment.EndOfData, action));
        var second = _world.AddHost("mx2.a.test", null);
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test");

        var report = await _world.Agent.DeliverAsync(DeliveryWorld.Request("a.test") with { Attempt = attempt }, TestContext.Current.CancellationToken);

        Assert.Equal(others, second.Connections.Sum(connection => connection.Messages.Count));
        Assert.Equal(others > 0 ? Disposition.Delivered : Disposition.Transient, Assert.Single(report.Recipients).Disposition);
        if (others == 0)
            Assert.Null(report.Recipients[0].RemoteReply);
    }

    /// <summary>Content that can be read once.</summary>
    private sealed class OnceReadableContent(Exception then) : MessageContent
    {
        private readonly BytesContent _bytes = new("Subject: x\r\n\r\ny\r\n"u8.ToArray());
        private int _reads;

        public override long Length => _bytes.Length;

        public override Stream OpenRead() => _reads++ == 0 ? _bytes.OpenRead() : throw then;
    }
}
