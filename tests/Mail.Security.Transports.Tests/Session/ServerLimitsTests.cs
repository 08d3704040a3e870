using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>LIMITS: a message goes in as many transactions as the server asks for, and a session says when it is used up.</summary>
public sealed class ServerLimitsTests
{
    [Theory]
    [InlineData("", null, null, null)]
    [InlineData("RCPTMAX=10", null, 10, null)]
    [InlineData("MAILMAX=5 RCPTMAX=10 RCPTDOMAINMAX=2", 5, 10, 2)]
    [InlineData("mailmax=5 other=x", 5, null, null)]
    [InlineData("RCPTMAX=999999", null, 999_999, null)]
    [InlineData("RCPTMAX=1000000 MAILMAX=3", 3, null, null)]
    [InlineData("RCPTMAX=0 MAILMAX=3", 3, null, null)]
    [InlineData("RCPTMAX=-1 MAILMAX=3", 3, null, null)]
    [InlineData("RCPTMAX=10 RCPTMAX=20", null, null, null)]
    [InlineData("RCPTMAX=10 MAILMAX", null, null, null)]
    [InlineData("RCPTMAX=10 =3", null, null, null)]
    [InlineData("RCPTMAX=10 MAILMAX=", null, null, null)]
    public async Task Limits_Announced_ReadOrIgnored(string line, int? transactions, int? recipients, int? domains)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [$"LIMITS {line}".TrimEnd()] });
        await using var session = await Rig.OpenAsync(peer);

        Assert.Equal(new AnnouncedLimits(transactions, recipients, domains), session.Limits);
    }

    [Theory]
    [InlineData("RCPTMAX=2", "a@x.test,b@x.test|c@x.test,a@y.test|b@y.test")]
    [InlineData("RCPTMAX=1", "a@x.test|b@x.test|c@x.test|a@y.test|b@y.test")]
    [InlineData("RCPTMAX=5", "a@x.test,b@x.test,c@x.test,a@y.test,b@y.test")]
    [InlineData("RCPTDOMAINMAX=2", "a@x.test,b@x.test,c@x.test,a@y.test,b@y.test")]
    [InlineData("RCPTMAX=2 RCPTDOMAINMAX=2", "a@x.test,b@x.test|c@x.test,a@y.test|b@y.test")]
    public async Task SendAsync_MoreRecipientsThanOneTransactionTakes_SeveralTransactions(string limits, string transactions)
    {
        foreach (var keyword in (string[])["PIPELINING", "HELP"])
        {
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword, $"LIMITS {limits}"] });
            await using var session = await Rig.OpenAsync(peer);

            var result = await session.SendAsync(Rig.Envelope("a@x.test", "b@x.test", "c@x.test", "a@y.test", "b@y.test"), Rig.Content, Rig.Stop);

            Assert.All(result.Recipients, one => Assert.Equal(DeliveryOutcome.Accepted, one.Outcome));
            Assert.Equal(transactions, string.Join('|', peer.Connections[0].Messages.Select(message => string.Join(',', message.Recipients.Select(command => command[9..^1])))));
        }
    }

    [Theory]                                                // the domains of a session count, and not those of a transaction
    [InlineData("PIPELINING")]
    [InlineData("HELP")]
    public async Task SendAsync_MoreDomainsThanASessionTakes_TheRestIsDeferredByThisSide(string keyword)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword, "LIMITS RCPTDOMAINMAX=1"] });
        await using var session = await Rig.OpenAsync(peer);

        Assert.Equal("Accepted/EndOfData Deferred/Local; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@x.test", "a@y.test"), Rig.Content, Rig.Stop)));
        Assert.Equal("Deferred/Local; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("b@y.test"), Rig.Content, Rig.Stop)));
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("b@x.test"), Rig.Content, Rig.Stop)));
        Assert.Equal(["RCPT TO:<a@x.test>", "RCPT TO:<b@x.test>"], peer.Connections[0].Messages.SelectMany(message => message.Recipients));
    }

    [Fact]
    public async Task SendIntoAsync_StoppedInALaterTurn_TheReportKeepsWhoWasAccepted()
    {
        var options = new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS RCPTMAX=1"] };
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall()) { Occurrence = 2 });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer);
        var (report, stop) = (new TransactionReport(), new CancellationTokenSource());
        using var _ = stop;

        var sending = session.SendIntoAsync(new MailItem(Rig.Envelope("a@x.test", "b@x.test", "c@x.test"), Rig.Content), report, stop.Token);
        await Rig.UntilAsync(() => peer.Connections[0].Commands.Count(static command => command == "DATA") == 2);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sending);
        Assert.Equal("Accepted/EndOfData Deferred/Local Deferred/Local; -; Broken", Rig.Describe(report.ToResult()));
        Assert.Equal([250, 0, 0], Enumerable.Range(0, 3).Select(report.ReplyCodeOf));
    }

    [Fact]
    public async Task SendAllAsync_ContentFailsInALaterTurn_TheFeedHearsWhoWasAccepted()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS RCPTMAX=1"] });
        await using var session = await Rig.OpenAsync(peer);
        var feed = new OneMessage(new MailItem(Rig.Envelope("a@x.test", "b@x.test"), new BreakingContent()));

        await Assert.ThrowsAsync<IOException>(async () => await session.SendAllAsync(feed, Rig.Stop));

        Assert.Equal("Accepted/EndOfData Deferred/Local; -; Broken", feed.Said);
    }

    [Fact]
    public async Task SendAllAsync_StoppedWithAMessageTakenAhead_TheFeedHearsOfBoth()
    {
        var options = new MailExchangerOptions { Keywords = ["PIPELINING"] };
        options.On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall());
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer);
        using var stop = new CancellationTokenSource();
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b"));

        var sending = session.SendAllAsync(feed, stop.Token).AsTask();
        await Rig.UntilAsync(() => peer.Connections.Count > 0 && peer.Connections[0].Commands.Contains("DATA"));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(["a: Deferred/Local; -; Broken", "b: Deferred/Local; -; Broken"], feed.Ended);
    }

    [Theory]
    [InlineData(1500, false)]
    [InlineData(30_000, true)]
    public async Task SendAsync_LongReplies_KeptInPart(int size, bool isCut)
    {
        var lines = $"550-5.1.1 no such user here\n550-5.1.1 {new string('x', size)}\n550 5.1.1 last";
        var options = new MailExchangerOptions { Keywords = ["PIPELINING"] };
        options.On(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply(lines));
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@x.test", "b@x.test"), Rig.Content, Rig.Stop);

        Assert.Equal(isCut ? [1, 1] : [3, 3], result.Recipients.Select(one => one.Reply!.Lines.Count));
        Assert.Equal("Refused/Recipient Refused/Recipient; -; Reusable", Rig.Describe(result));
    }

    private sealed class OneMessage(MailItem item) : MailFeed
    {
        private bool _taken;

        public string Said { get; private set; } = "";

        public override bool TryTake(out MailItem next)
        {
            next = item;
            return !_taken && (_taken = true);
        }

        public override void OnEnded(in MailItem ended, TransactionReport report) => Said = Rig.Describe(report.ToResult());
    }

    /// <summary>Can be read once.</summary>
    private sealed class BreakingContent : MessageContent
    {
        private bool _read;

        public override long Length => 6;

        public override Stream OpenRead()
        {
            if (_read)
                throw new IOException("gone");
            _read = true;
            return new MemoryStream("a: b\r\n"u8.ToArray());
        }
    }

    [Fact]
    public async Task SendAsync_ASecondTransactionFails_TheFirstStaysDelivered()
    {
        var options = new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS RCPTMAX=1"] };
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Close()) { Occurrence = 3 });
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("554 5.6.0 no")) { Occurrence = 2 });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@x.test", "b@x.test", "c@x.test", "d@x.test"), Rig.Content, Rig.Stop);

        Assert.Equal("Accepted/EndOfData Refused/EndOfData Deferred/Recipient Deferred/Local; ConnectionLost@Recipient; Broken", Rig.Describe(result));
    }

    [Fact]
    public async Task SendAsync_LastTransactionOfASession_SpentAndClosedInOrder()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS MAILMAX=2"] });
        await using var session = await Rig.OpenAsync(peer);

        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@x.test"), Rig.Content, Rig.Stop)));
        Assert.Equal("Accepted/EndOfData; -; Spent", Rig.Describe(await session.SendAsync(Rig.Envelope("b@x.test"), Rig.Content, Rig.Stop)));
        Assert.Equal(SessionState.Spent, session.State);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.SendAsync(Rig.Envelope("c@x.test"), Rig.Content, Rig.Stop));
        Assert.Null(await session.ProbeAsync(Rig.Stop));
        await session.CloseAsync(Rig.Stop);

        Assert.Equal("QUIT", (await peer.WaitForEndAsync(1, Rig.Stop)).Commands[^1]);
    }

    [Fact]
    public async Task SendAsync_MoreTransactionsThanTheSessionHas_TheRestIsDeferredByThisSide()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS MAILMAX=2 RCPTMAX=1"] });
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@x.test", "b@x.test", "c@x.test"), Rig.Content, Rig.Stop);

        Assert.Equal("Accepted/EndOfData Accepted/EndOfData Deferred/Local; -; Spent", Rig.Describe(result));
        Assert.Equal(new EnhancedStatus(4, 5, 3), result.Recipients[2].Local?.Status);
    }

    [Fact]
    public async Task SendAllAsync_SessionUsedUp_LeavesTheRestInTheFeed()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS MAILMAX=3"] });
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed([.. Enumerable.Range(0, 5).Select(number => ListFeed.Item($"m{number}"))]);

        Assert.Equal(SessionState.Spent, await session.SendAllAsync(feed, Rig.Stop));

        Assert.Equal(2, feed.Left);
        Assert.Equal(["m0: Accepted/EndOfData; -; Reusable", "m1: Accepted/EndOfData; -; Spent", "m2: Accepted/EndOfData; -; Spent"], feed.Ended);
        Assert.Equal(3, peer.Connections[0].Messages.Count);
    }

    [Fact]
    public async Task SendAllAsync_AheadWithMoreRecipientsThanATurn_EachOnce()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "LIMITS RCPTMAX=2"] });
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b", null, "1@x.test", "2@x.test", "3@x.test"), ListFeed.Item("c"));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.All(feed.Ended, ended => Assert.DoesNotContain("Deferred", ended, StringComparison.Ordinal));
        Assert.Equal([1, 2, 1, 1], peer.Connections[0].Messages.Select(message => message.Recipients.Count));
    }
}
