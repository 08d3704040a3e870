using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What a server may do between the lines of a transaction.</summary>
public sealed class MailTransactionEdgeTests
{
    private const string Open = """
        S: 220 mx.test
        C: EHLO *
        S: 250-mx.test
        S: 250 PIPELINING

        """;

    private const string Envelope = """
        C: MAIL *
        C: RCPT *
        C: DATA

        """;

    private static readonly BytesContent Large = Rig.Text(string.Concat(Enumerable.Repeat(new string('x', 998) + "\r\n", 16 * 1024)));

    [Theory]                                                // RFC 2920 §3.1: DATA accepted although nobody was
    [InlineData("554 no valid recipients", "Refused/Recipient; -; Reusable")]
    [InlineData("250 OK", "Refused/Recipient; -; Reusable")]
    [InlineData("421 closing", "Refused/Recipient; Refused421@EndOfData; Broken")]
    [Trait("rfc", "2920#3.1")]
    public async Task SendAsync_AllRefusedAndDataAccepted_LoneDotEndsIt(string answer, string outcome)
    {
        await using var peer = ScriptedSmtpPeer.Play(Open + Envelope + $"""
            S: 250 OK
            S: 550 5.1.1 unknown
            S: 354 go ahead
            C: .
            S: {answer}
            """);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal(outcome, Rig.Describe(result));
        Assert.Null(peer.Connections[0].Mismatch);
    }

    [Fact]                                                  // an empty message would go to those the server did accept
    [Trait("rfc", "2920#3.1")]
    public async Task SendAsync_MailRefusedButRecipientAndDataAccepted_NothingIsEnded()
    {
        await using var peer = ScriptedSmtpPeer.Play(Open + Envelope + """
            S: 451 4.3.0 later
            S: 250 OK
            S: 354 go ahead
            CONTENT
            """);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);
        var record = await peer.WaitForEndAsync(1, Rig.Stop);

        Assert.Equal("Deferred/Mail; ProtocolViolation@Data; Broken", Rig.Describe(result));
        Assert.Empty(record.Messages);
    }

    [Theory]
    [InlineData("250 OK")]
    [InlineData("334 what")]
    public async Task SendAsync_AllRefusedAndDataAnsweredOutOfPlace_SessionIsBroken(string data)
    {
        await using var peer = ScriptedSmtpPeer.Play(Open + Envelope + $"""
            S: 250 OK
            S: 550 5.1.1 unknown
            S: {data}
            C: *
            """);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal("Refused/Recipient; ProtocolViolation@Data; Broken", Rig.Describe(result));
    }

    [Theory]                                                // together with the 354: it cannot be the answer to content that was not sent
    [InlineData("250 2.0.0 queued", "Deferred/Data; ProtocolViolation@Data; Broken")]
    [InlineData("354 again", "Deferred/Data; ProtocolViolation@Data; Broken")]
    [InlineData("552 5.3.4 too big", "Refused/EndOfData; ProtocolViolation@Data; Broken")]
    [InlineData("451 4.3.0 later", "Deferred/EndOfData; ProtocolViolation@Data; Broken")]
    [InlineData("421 4.3.2 closing", "Deferred/Data; Refused421@Data; Broken")]
    [InlineData("what?", "Deferred/Data; ProtocolViolation@Data; Broken")]
    public async Task SendAsync_AnswerBeforeContent_NeverAccepted(string early, string outcome)
    {
        await using var peer = ScriptedSmtpPeer.Play(Open + Envelope + $"""
            S: 250 OK
            S: 250 OK
            S: 354 go ahead
            S: {early}
            CONTENT
            """);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);
        var record = await peer.WaitForEndAsync(1, Rig.Stop);

        Assert.Equal(outcome, Rig.Describe(result));
        Assert.Empty(record.Messages);                      // the final dot was not sent
    }

    [Theory]                                                // the server has enough of a large message; its word counts more than the reset
    [InlineData("552 5.3.4 too big", "Refused/EndOfData; ConnectionLost@EndOfData; Broken")]
    [InlineData("451 4.3.0 later", "Deferred/EndOfData; ConnectionLost@EndOfData; Broken")]
    [InlineData("421 4.3.2 closing", "Deferred/EndOfData; Refused421@EndOfData; Broken")]
    [InlineData("250 2.0.0 queued", "Deferred/EndOfData; ConnectionLost@EndOfData; Broken")]
    [InlineData("", "Deferred/EndOfData; ConnectionLost@EndOfData; Broken")]
    public async Task SendAsync_WriteFailsAmidContent_LastWordCounts(string last, string outcome)
    {
        var link = new MemoryLink();
        var server = ServeAsync();
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(link.Client, Rig.Clear, new StageClock(), Rig.Stop));
        await using var session = opened.Session;

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Large, Rig.Stop);
        await server;

        Assert.Equal(outcome, Rig.Describe(result));
        Assert.Equal(last.Length > 0 && outcome[0] == 'R' ? last : null, result.Recipients[0].Reply is { IsPermanent: true } reply ? reply.ToString() : null);

        async Task ServeAsync()
        {
            await PlayEnvelopeAsync(link);
            Assert.StartsWith("xxx", await link.Server.ReadLineAsync(Rig.Stop), StringComparison.Ordinal);
            if (last.Length > 0)
                await link.SayAsync(last + "\r\n");
            link.HangUp();
            link.Client.WritesFail = true;
            while (await link.Server.ReadLineAsync(Rig.Stop) is not null)
            {
            }
        }
    }

    [Theory]                                                // refused while we write, over real sockets: closed in order, content drained or not
    [InlineData("552 5.3.4 too big", "Refused/EndOfData")]
    [InlineData("451 4.3.0 later", "Deferred/EndOfData")]
    public async Task SendAsync_RefusedAmidLargeContent_ReplyDecides(string last, string outcome)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Content, new SmtpPeerAction.ReplyAndClose(last)));
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(string.Concat(Enumerable.Repeat(new string('x', 998) + "\r\n", 5000))), Rig.Stop);

        Assert.StartsWith(outcome, Rig.Describe(result), StringComparison.Ordinal);
        Assert.Equal(last, result.Recipients[0].Reply?.ToString());
    }

    [Fact]                                                  // RFC 2920 §3.1: whoever only writes waits for ever, for there is hardly a buffer
    [Trait("rfc", "2920#3.1")]
    public async Task SendAsync_ThousandsOfRecipients_NoDeadlock()
    {
        const int Count = 2000;
        var link = new MemoryLink();
        var server = ServeAsync();
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(link.Client, Rig.Clear, new StageClock(), Rig.Stop));
        await using var session = opened.Session;

        var result = await session.SendAsync(Rig.Envelope([.. Enumerable.Range(0, Count).Select(index => $"r{index}@mx.test")]), Rig.Content, Rig.Stop);
        await server;

        Assert.Equal(SessionState.Reusable, result.State);
        Assert.Equal(Enumerable.Range(0, Count).Select(index => index % 3 == 0 ? DeliveryOutcome.Refused : DeliveryOutcome.Accepted), result.Recipients.Select(one => one.Outcome));

        async Task ServeAsync()
        {
            await link.SayAsync("220 mx.test\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("250-mx.test\r\n250 PIPELINING\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("250 OK\r\n");
            for (var index = 0; index < Count; index++)
            {
                Assert.Equal($"RCPT TO:<r{index}@mx.test>", await link.Server.ReadLineAsync(Rig.Stop));
                await link.SayAsync((index % 3 == 0 ? "550-5.1.1 unknown\r\n550 5.1.1 " : "250 2.1.5 ") + new string('.', 200) + "\r\n");
            }
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("354 go ahead\r\n");
            while (await link.Server.ReadLineAsync(Rig.Stop) is not (null or "."))
            {
            }
            await link.SayAsync("250 queued\r\n");
        }
    }

    [Theory]                                                // said while nobody asked, and read together with the reply before it
    [InlineData("421 4.4.2 idle too long", "Deferred/Mail; Refused421@Mail; Broken")]
    [InlineData("250 OK", "Deferred/Mail; ProtocolViolation@Mail; Broken")]
    [InlineData("550 5.7.1 never", "Deferred/Mail; ProtocolViolation@Mail; Broken")]
    public async Task SendAsync_UnaskedReplyWaits_TakenForNoCommand(string unasked, string outcome)
    {
        await using var peer = ScriptedSmtpPeer.Play($"""
            {Open}
            S: {unasked}
            C: *
            """);
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal(outcome, Rig.Describe(result));
        Assert.Single(peer.Connections[0].Commands);
    }

    [Fact]                                                  // a limit is for the whole reply: who drips gains no time
    [Trait("rfc", "5321#4.5.3.2")]
    public async Task SendAsync_ReplyDrips_OneLimitForAllOfIt()
    {
        var link = new MemoryLink();
        var clock = new StageClock();
        var server = ServeAsync();
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(link.Client, Rig.Clear, clock, Rig.Stop));
        await using var session = opened.Session;

        var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);
        await server;

        Assert.Equal("Deferred/EndOfData; Timeout@EndOfData; Broken", Rig.Describe(result));
        Assert.Equal(1, clock.Count(StageClock.Limits.DataTermination));

        async Task ServeAsync()
        {
            await PlayEnvelopeAsync(link);
            while (await link.Server.ReadLineAsync(Rig.Stop) is not ".")
            {
            }
            for (var count = 0; count < 1000; count++)
                await link.SayAsync(count % 4 == 3 ? "-\r\n" : "250"[(count % 4)..(count % 4 + 1)]);
            clock.Expire(StageClock.Limits.DataTermination);
        }
    }

    [Theory]                                                // a server that neither reads nor answers, while the flight or the content is written
    [InlineData("flight", "Deferred/Mail; Timeout@Mail; Broken")]
    [InlineData("content", "Deferred/EndOfData; Timeout@EndOfData; Broken")]
    public async Task SendAsync_ServerStopsReading_TimeoutOfTheBlock(string where, string outcome)
    {
        var link = new MemoryLink();
        var clock = new StageClock();
        var server = ServeAsync();
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(link.Client, Rig.Clear, clock, Rig.Stop));
        await using var session = opened.Session;
        var recipients = Enumerable.Range(0, where == "flight" ? 1000 : 1).Select(index => $"r{index}@mx.test");

        var sending = session.SendAsync(Rig.Envelope([.. recipients]), Large, Rig.Stop).AsTask();
        await server;
        clock.Expire(where == "flight" ? StageClock.Limits.Mail : StageClock.Limits.DataBlock);
        clock.Expire(StageClock.Limits.Quit);
        var result = await sending;

        Assert.Equal(outcome, Rig.Describe(result with { Recipients = [.. result.Recipients.DistinctBy(one => one.Stage)] }));

        async Task ServeAsync()
        {
            if (where == "content")
            {
                await PlayEnvelopeAsync(link);
                await link.Server.ReadLineAsync(Rig.Stop);
                return;
            }
            await link.SayAsync("220 mx.test\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("250-mx.test\r\n250 PIPELINING\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
        }
    }

    private static async Task PlayEnvelopeAsync(MemoryLink link)
    {
        await link.SayAsync("220 mx.test\r\n");
        await link.Server.ReadLineAsync(Rig.Stop);
        await link.SayAsync("250-mx.test\r\n250 PIPELINING\r\n");
        foreach (var reply in new[] { "250 OK\r\n", "250 OK\r\n", "354 go ahead\r\n" })
        {
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync(reply);
        }
    }
}
