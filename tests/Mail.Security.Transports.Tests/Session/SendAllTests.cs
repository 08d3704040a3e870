using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Messages one behind the other, each envelope with the end of the content before it: who is blamed for what then.</summary>
public sealed class SendAllTests : IDisposable
{
    private const string Delivered = "Accepted/EndOfData; -; Reusable";

    // In one group: the end of a content and the next envelope.
    private const string Start = """
        S: 220 mx.test
        C: EHLO *
        S: 250-mx.test
        S: 250 PIPELINING
        C: MAIL *
        C: RCPT *
        C: DATA
        S: 250 OK
        S: 250 OK
        S: 354 go ahead
        CONTENT
        C: MAIL *
        C: RCPT *
        C: DATA

        """;

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("PIPELINING", false)]
    [InlineData("PIPELINING", true)]
    [InlineData("HELP", false)]
    [Trait("rfc", "2920#3.1")]
    public async Task SendAllAsync_ManyMessages_EachArrivesAndIsToldInOrder(string keyword, bool underTls)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword], Tls = underTls ? new SmtpPeerTls(certificate) : null });
        await using var session = await Rig.OpenAsync(peer, underTls ? Rig.StartTls : Rig.Clear);
        string[] names = [.. Enumerable.Range(0, 50).Select(number => $"m{number}")];
        var feed = new ListFeed([.. names.Select(name => ListFeed.Item(name))]);

        Assert.Equal(SessionState.Reusable, await session.SendAllAsync(feed, Rig.Stop));

        Assert.Equal(names.Select(name => $"{name}: {Delivered}"), feed.Ended);
        Assert.Equal(names.Select(name => $"RCPT TO:<{name}@mx.test>"), peer.Connections[0].Messages.Select(message => Assert.Single(message.Recipients)));
        Assert.Equal(names.Select(name => $"Subject: {name}\r\n\r\n.{name}\r\n"), peer.Connections[0].Messages.Select(message => message.Text));
        Assert.Equal((50, 0), (session.Transactions, peer.Connections[0].Commands.Count(command => command == "RSET")));
    }

    [Theory]                                                // what stands for the reply to the first content and to what went with it
    [InlineData("S: 250 OK\nS: 250 OK\nS: 250 OK\nS: 354 go\nCONTENT\nS: 250 OK", "a: " + Delivered, "b: " + Delivered)]
    [InlineData("S: 554 5.6.0 no\nS: 250 OK\nS: 250 OK\nS: 354 go\nCONTENT\nS: 250 OK", "a: Refused/EndOfData; -; Reusable", "b: " + Delivered)]
    [InlineData("S: 451 4.3.0 later\nS: 250 OK\nS: 250 OK\nS: 354 go\nCONTENT\nS: 250 OK", "a: Deferred/EndOfData; -; Reusable", "b: " + Delivered)]
    [InlineData("S: 250 OK\nS: 550 5.7.1 no\nS: 503 MAIL first\nS: 503 MAIL first\nC: QUIT", "a: " + Delivered, "b: Refused/Mail; -; Reusable")]
    [InlineData("S: 250 OK\nS: 451 4.3.0 later\nS: 503 MAIL first\nS: 503 MAIL first\nC: QUIT", "a: " + Delivered, "b: Deferred/Mail; -; Reusable")]
    [InlineData("S: 250 OK\nS: 250 OK\nS: 550 5.1.1 unknown\nS: 554 nobody\nC: QUIT", "a: " + Delivered, "b: Refused/Recipient; -; Reusable")]
    [InlineData("S: 250 OK\nS: 250 OK\nS: 550 5.1.1 unknown\nS: 354 go\nC: .\nS: 554 nobody", "a: " + Delivered, "b: Refused/Recipient; -; Reusable")]
    [InlineData("S: 250 OK\nS: 250 OK\nS: 250 OK\nS: 451 4.3.0 later\nC: QUIT", "a: " + Delivered, "b: Deferred/Data; -; Reusable")]
    [InlineData("S: 250 OK\nS: 421 4.3.2 closing\nCLOSE", "a: " + Delivered, "b: Deferred/Mail; Refused421@Mail; Broken")]
    [InlineData("S: 250 OK\nS: 250 OK\nS: 421 4.3.2 closing\nCLOSE", "a: " + Delivered, "b: Deferred/Recipient; Refused421@Recipient; Broken")]
    [InlineData("S: 250 OK\nCLOSE", "a: " + Delivered, "b: Deferred/Mail; ConnectionLost@Mail; Broken")]
    [InlineData("S: 421 4.3.2 closing\nCLOSE", "a: Deferred/EndOfData; Refused421@EndOfData; Broken", "b: Deferred/Mail; Refused421@Mail; Broken")]
    [InlineData("CLOSE", "a: Deferred/EndOfData; ConnectionLost@EndOfData; Broken", "b: Deferred/Mail; ConnectionLost@Mail; Broken")]
    [InlineData("RAW what?\\r\\n", "a: Deferred/EndOfData; ProtocolViolation@EndOfData; Broken", "b: Deferred/Mail; ProtocolViolation@Mail; Broken")]
    [InlineData("S: 354 go\nC: *", "a: Deferred/EndOfData; ProtocolViolation@EndOfData; Broken", "b: Deferred/Mail; ProtocolViolation@Mail; Broken")]
    [InlineData("S: 250 early\nS: 250 OK\nS: 250 OK\nS: 250 OK\nS: 354 go\nC: *", "a: " + Delivered, "b: Deferred/Data; ProtocolViolation@Data; Broken")]
    [Trait("rfc", "2920#3.1"), Trait("rfc", "5321#3.8")]
    public async Task SendAllAsync_EnvelopeSentAhead_EveryReplyGoesToItsMessage(string script, string first, string second)
    {
        await using var peer = ScriptedSmtpPeer.Play(Start + script);
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b"));

        var state = await session.SendAllAsync(feed, Rig.Stop);

        Assert.Equal([first, second], feed.Ended);
        Assert.Equal(second.EndsWith("Reusable", StringComparison.Ordinal) ? SessionState.Reusable : SessionState.Broken, state);
        Assert.Equal(state, session.State);
    }

    [Theory]                                                // a server that keeps the envelope of a content it refused
    [InlineData("S: 503 no valid recipients")]
    [InlineData("S: 354 go\nC: .\nS: 554 nobody")]
    [Trait("rfc", "5321#4.1.4")]
    public async Task SendAllAsync_AheadCameTooEarly_GoesAgainBehindRset(string data)
    {
        await using var peer = ScriptedSmtpPeer.Play($"""
            {Start}
            S: 554 5.6.0 no
            S: 503 5.5.1 nested MAIL
            S: 503 5.5.1 bad sequence
            {data}
            C: RSET
            S: 250 OK
            C: MAIL *
            C: RCPT *
            C: DATA
            S: 250 OK
            S: 250 OK
            S: 354 go
            CONTENT
            S: 250 OK
            """);
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b"));

        await session.SendAllAsync(feed, Rig.Stop);
        await session.CloseAsync(Rig.Stop);

        Assert.Equal(["a: Refused/EndOfData; -; Reusable", "b: " + Delivered], feed.Ended);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
        Assert.Equal("Subject: b\r\n\r\n.b\r\n", peer.Connections[0].Messages[1].Text);
    }

    [Fact]                                                  // the content would go to the recipients of the message before as well
    public async Task SendAllAsync_AheadCameTooEarlyButItsRecipientWasTaken_ContentIsNotSent()
    {
        await using var peer = ScriptedSmtpPeer.Play($"""
            {Start}
            S: 554 5.6.0 no
            S: 503 5.5.1 nested MAIL
            S: 250 OK
            S: 354 go
            CONTENT
            """);
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b"));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.Equal(["a: Refused/EndOfData; -; Reusable", "b: Deferred/Data; ProtocolViolation@Data; Broken"], feed.Ended);
        Assert.Single((await peer.WaitForEndAsync(1, Rig.Stop)).Messages);
    }

    [Fact]
    public async Task SendAllAsync_RefusedByThisSide_ToldInItsPlaceAndTheRestGoes()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "SIZE 1000"] });
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("large", Rig.Text(new string('x', 2000) + "\r\n")), ListFeed.Item("b"),
            ListFeed.Item("eight", Rig.Envelope("e@mx.test") with { Body = BodyType.EightBitMime }, Rig.Text("\u00fc\r\n")), ListFeed.Item("c"));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.Equal(["a: " + Delivered, "large: Refused/Local; -; Reusable", "b: " + Delivered, "eight: Refused/Local; -; Reusable", "c: " + Delivered], feed.Ended);
        Assert.Equal(3, session.Transactions);
    }

    [Fact]                                                  // its replies would not find room on their way while it is written
    public async Task SendAllAsync_ManyRecipients_NotSentAhead()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            S: 220 mx.test
            C: EHLO *
            S: 250-mx.test
            S: 250 PIPELINING
            C: MAIL *
            C: RCPT *
            C: DATA
            S: 250 OK
            S: 250 OK
            S: 354 go ahead
            CONTENT
            S: 421 nothing came behind it
            CLOSE
            """);
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("many", null, [.. Enumerable.Range(0, 65).Select(number => $"r{number}@mx.test")]));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.Equal("a: Deferred/EndOfData; Refused421@EndOfData; Broken", feed.Ended[0]);
        Assert.StartsWith("many: Deferred/Local Deferred/Local", feed.Ended[1], StringComparison.Ordinal);
        Assert.Equal(1, session.Transactions);
    }

    [Fact]
    public async Task SendAllAsync_FaultyContent_NothingMoreIsTaken()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("bare", Rig.Text("a\nb\r\n")), ListFeed.Item("b"));

        Assert.Equal(SessionState.Broken, await session.SendAllAsync(feed, Rig.Stop));

        Assert.Equal(["a: " + Delivered, "bare: Refused/EndOfData; -; Broken"], feed.Ended);
        Assert.Equal(1, feed.Left);
        Assert.Single((await peer.WaitForEndAsync(1, Rig.Stop)).Messages);
    }

    [Fact]
    public async Task SendAllAsync_Again_GoesOnWhereItStopped()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var session = await Rig.OpenAsync(peer);
        var feed = new ListFeed(ListFeed.Item("a"));

        await session.SendAllAsync(new ListFeed(), Rig.Stop);
        await session.SendAllAsync(feed, Rig.Stop);
        Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("b@mx.test"), Rig.Content, Rig.Stop)));

        Assert.Equal(["a: " + Delivered], feed.Ended);
        Assert.Equal(2, session.Transactions);
    }

    [Fact]
    public async Task SendAllAsync_FeedThrows_ExceptionPassesAndTheDotIsNotSent()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var session = await Rig.OpenAsync(peer);
        var taken = 0;
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b")) { OnTake = () => _ = ++taken > 1 ? throw new NotSupportedException() : 0 };

        await Assert.ThrowsAsync<NotSupportedException>(async () => await session.SendAllAsync(feed, Rig.Stop));

        Assert.Equal(SessionState.Broken, session.State);
        Assert.Empty((await peer.WaitForEndAsync(1, Rig.Stop)).Messages);
    }

    [Fact]
    public async Task SendAllAsync_CancelledWithAnEnvelopeAhead_ThrowsAndCloses()
    {
        await using var peer = ScriptedSmtpPeer.Play(Start + "S: 250 OK\nSTALL");
        await using var session = await Rig.OpenAsync(peer);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("b"));

        var sending = session.SendAllAsync(feed, cancel.Token).AsTask();
        await Rig.UntilAsync(() => feed.Ended.Count == 1);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(SessionState.Broken, session.State);
    }

    [Fact]
    public void MailItem_NobodyToSendTo_IsMisuse()
    {
        Assert.Throws<ArgumentException>(() => new MailItem(Rig.Envelope(), Rig.Content));
        Assert.Throws<ArgumentException>(() => new MailItem(Rig.Envelope() with { Recipients = [new SmtpRecipient(MailPath.Null)] }, Rig.Content));
    }
}
