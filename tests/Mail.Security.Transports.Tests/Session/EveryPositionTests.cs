using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>
/// A server that closes, resets, stalls, talks nonsense, says a wrong code or goodbye at every point where it has something to say: what becomes of
/// the session and of each recipient.
/// </summary>
/// <remarks>
/// What is not delivered is deferred, unless the server refused it: nothing else speaks against the message. Behind the last octet of the content
/// the stage is EndOfData, and only there the message may have been delivered all the same.
/// </remarks>
public sealed class EveryPositionTests : IDisposable
{
    // What a server does, and what the failure is called. A wrong code is one of the right syntax that has no place there.
    private static readonly (string Does, string Kind)[] Deeds =
    [
        ("CLOSE", "ConnectionLost"),
        ("RESET", "ConnectionLost"),
        ("STALL", "Timeout"),
        ("RAW what?\r\n", "ProtocolViolation"),
        ("RAW 250 bare feed\n", "ProtocolViolation"),
        ("RAW 250-one\r\n550 two\r\n", "ProtocolViolation"),
        ("WRONG", "ProtocolViolation"),
        ("421 4.3.2 closing CLOSE", "Refused421"),
    ];

    // Where, how often it has to come, the limit of the wait, and a code that is wrong there.
    private static readonly Position[] Opening =
    [
        new(SmtpPeerMoment.Greeting, 1, StageClock.Limits.Greeting, "354 go on", "Greeting"),
        new(SmtpPeerMoment.Hello, 1, StageClock.Limits.Command, "354 go on", "Hello"),
        new(SmtpPeerMoment.StartTls, 1, StageClock.Limits.Command, "250 OK", "StartTls"),
        new(SmtpPeerMoment.HelloUnderTls, 1, StageClock.Limits.Command, "354 go on", "Hello"),
    ];

    private static readonly Position[] Envelope =
    [
        new(SmtpPeerMoment.Mail, 1, StageClock.Limits.Mail, "354 go on", "Mail"),
        new(SmtpPeerMoment.Recipient, 1, StageClock.Limits.Recipient, "354 go on", "Recipient"),
        new(SmtpPeerMoment.Recipient, 2, StageClock.Limits.Recipient, "354 go on", "Recipient"),
    ];

    private static readonly Position[] Content =
    [
        new(SmtpPeerMoment.Data, 1, StageClock.Limits.DataInitiation, "250 OK", "Data"),
        new(SmtpPeerMoment.EndOfData, 1, StageClock.Limits.DataTermination, "354 go on", "EndOfData"),
    ];

    private static readonly Position[] Chunks =
    [
        new(SmtpPeerMoment.Chunk, 1, StageClock.Limits.DataTermination, "354 go on", "EndOfData"),
        new(SmtpPeerMoment.Chunk, 2, StageClock.Limits.DataTermination, "354 go on", "EndOfData"),
        new(SmtpPeerMoment.EndOfData, 1, StageClock.Limits.DataTermination, "354 go on", "EndOfData"),
    ];

    private static readonly BytesContent Text = Rig.Text(string.Concat(Enumerable.Repeat("0123456789\r\n", 200)));

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    public static TheoryData<string, int, string> OpeningCells => Cells(["STARTTLS"], _ => Opening);

    public static TheoryData<string, int, string> TransactionCells => Cells(["HELP", "PIPELINING", "CHUNKING", "PIPELINING+CHUNKING"],
        mode => [.. Envelope, .. mode.Contains("CHUNKING", StringComparison.Ordinal) ? Chunks : Content]);

    public static TheoryData<string, int, string> AheadCells => Cells(["PIPELINING"], _ => [.. Envelope, .. Content]);

    public static TheoryData<string, string> BetweenCells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (var (does, kind) in Deeds)
                cells.Add(does == "WRONG" ? "354 go on" : does, kind);
            cells.Add("500 5.5.1 what", "ProtocolViolation");
            return cells;
        }
    }

    public void Dispose() => _authority.Dispose();

    [Theory, MemberData(nameof(OpeningCells)), Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.2"), Trait("rfc", "3207#4")]
    public async Task OpenAsync_AtEveryPosition_NoSessionAndTheReasonInItsPlace(string mode, int position, string does)
    {
        var (place, deed, kind) = (Opening[position], Deed(does, Opening[position]), KindOf(does));
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Start(mode, place.Moment, 1, deed, new SmtpPeerTls(certificate));
        var clock = new StageClock();

        var opening = Rig.TryOpenAsync(peer, Rig.StartTls, clock);
        // A reset that is faster than the connecting side is none of a session.
        if (does == "RESET" && place.Stage == "Greeting" && await Record.ExceptionAsync(() => opening) is System.Net.Sockets.SocketException)
            return;
        if (does == "STALL")
            await ExpireAsync(clock, place, () => peer.Connections.Count == 1 && Count(peer, place.Moment) >= 1);
        var failure = Assert.IsType<SessionOpenResult.Failed>(await opening).Failure;

        // 250 is a refusal of STARTTLS like any other that is not 220.
        Assert.Equal(does == "WRONG" && place.Stage == "StartTls" ? "StartTlsRefused@StartTls" : $"{kind}@{place.Stage}", $"{failure.Kind}@{failure.Stage}");
    }

    [Theory, MemberData(nameof(TransactionCells)), Trait("rfc", "5321#3.8"), Trait("rfc", "2920#3.1"), Trait("rfc", "3030#2")]
    public async Task SendAsync_AtEveryPosition_DeferredAndBroken(string mode, int position, string does)
    {
        Position[] places = [.. Envelope, .. mode.Contains("CHUNKING", StringComparison.Ordinal) ? Chunks : Content];
        var place = places[position];
        await using var peer = Start(mode, place.Moment, place.Occurrence, Deed(does, place));
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { ChunkSize = 1024, Chunking = ChunkingUse.Always }, clock);

        var sending = session.SendAsync(Rig.Envelope("a@mx.test", "b@mx.test"), Text, Rig.Stop).AsTask();
        if (does == "STALL")
            await ExpireAsync(clock, place, () => Count(peer, place.Moment) >= place.Occurrence);
        var result = await sending;

        Assert.Equal($"Deferred/{place.Stage} Deferred/{place.Stage}; {KindOf(does)}@{place.Stage}; Broken", Rig.Describe(result));
        Assert.Equal(SessionState.Broken, session.State);
        Assert.All(result.Recipients, one => Assert.Equal(KindOf(does) == "Refused421", one.Reply is { Code: 421 }));
    }

    [Theory, MemberData(nameof(AheadCells)), Trait("rfc", "2920#3.1")]
    public async Task SendAllAsync_AtEveryPositionOfTheOneSentAhead_TheOneBeforeStaysDelivered(string mode, int position, string does)
    {
        Position[] places = [.. Envelope, .. Content];
        var place = places[position];
        var occurrence = place.Moment == SmtpPeerMoment.Recipient ? place.Occurrence + 2 : 2;
        await using var peer = Start(mode, place.Moment, occurrence, Deed(does, place));
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);
        var feed = new ListFeed([.. ((string[])["one", "two", "three"]).Select(name => ListFeed.Item(name, null, "a@mx.test", "b@mx.test"))]);

        var sending = session.SendAllAsync(feed, Rig.Stop).AsTask();
        if (does == "STALL")
            await ExpireAsync(clock, place, () => Count(peer, place.Moment) >= occurrence);
        Assert.Equal(SessionState.Broken, await sending);

        Assert.Equal("one: Accepted/EndOfData Accepted/EndOfData; -; Reusable", feed.Ended[0]);
        Assert.Equal($"two: Deferred/{place.Stage} Deferred/{place.Stage}; {KindOf(does)}@{place.Stage}; Broken", feed.Ended[1]);
        // The third goes ahead with the end of the second, and with nothing before it.
        Assert.Equal(place.Moment == SmtpPeerMoment.EndOfData ? ["three: Deferred/Mail Deferred/Mail; " + KindOf(does) + "@Mail; Broken"] : [], feed.Ended.Skip(2));
        Assert.Equal(place.Moment == SmtpPeerMoment.EndOfData ? 0 : 1, feed.Left);
    }

    [Theory, MemberData(nameof(BetweenCells)), Trait("rfc", "5321#4.1.1.5")]
    public async Task SendAsync_AtTheResetBefore_DeferredAtResetAndBroken(string does, string kind)
    {
        foreach (var mode in (string[])["HELP", "PIPELINING"])
        {
            var options = Options(mode, SmtpPeerMoment.Reset, 1, does).On(SmtpPeerMoment.Recipient, "*none@*", "550 5.1.1 unknown");
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
            var clock = new StageClock();
            await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);
            await session.SendAsync(Rig.Envelope("none@mx.test"), Text, Rig.Stop);

            var sending = session.SendAsync(Rig.Envelope("a@mx.test"), Text, Rig.Stop).AsTask();
            if (does == "STALL")
                await ExpireAsync(clock, new(SmtpPeerMoment.Reset, 1, StageClock.Limits.Command, "", "Reset"), () => peer.Connections[0].Commands.Contains("RSET"));

            Assert.Equal($"Deferred/Reset; {kind}@Reset; Broken", Rig.Describe(await sending));
            Assert.Empty(peer.Connections[0].Messages);
        }
    }

    [Theory, MemberData(nameof(BetweenCells)), Trait("rfc", "5321#4.1.1.10")]
    public async Task CloseAsync_AtQuit_EndsAndWhatWasDeliveredStays(string does, string kind)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(Options("PIPELINING", SmtpPeerMoment.Quit, 1, does));
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Text, Rig.Stop)));

        var closing = session.CloseAsync(Rig.Stop).AsTask();
        if (does == "STALL")
            await ExpireAsync(clock, new(SmtpPeerMoment.Quit, 1, StageClock.Limits.Quit, "", "Quit"), () => peer.Connections[0].Commands.Contains("QUIT"));
        await closing;

        Assert.NotEmpty(kind);                              // whatever it is
        Assert.Equal(SessionState.Broken, session.State);
        Assert.Single(peer.Connections[0].Messages);
    }

    private static TheoryData<string, int, string> Cells(string[] modes, Func<string, Position[]> positions)
    {
        var cells = new TheoryData<string, int, string>();
        foreach (var mode in modes)
        {
            for (var position = 0; position < positions(mode).Length; position++)
            {
                foreach (var (does, _) in Deeds)
                    cells.Add(mode, position, does);
            }
        }
        return cells;
    }

    private static string Deed(string does, Position place) => does == "WRONG" ? place.Wrong : does;

    private static string KindOf(string does) => Deeds.Single(deed => deed.Does == does).Kind;

    private static ScriptedSmtpPeer Start(string mode, SmtpPeerMoment moment, int occurrence, string does, SmtpPeerTls? tls = null) =>
        ScriptedSmtpPeer.StartMailExchanger(Options(mode, moment, occurrence, does, tls));

    private static MailExchangerOptions Options(string mode, SmtpPeerMoment moment, int occurrence, string does, SmtpPeerTls? tls = null)
    {
        var options = new MailExchangerOptions { Keywords = mode.Split('+'), Tls = tls };
        options.Rules.Add(new SmtpPeerRule(moment, Act.Read(does)) { Occurrence = occurrence });
        return options;
    }

    private static async Task ExpireAsync(StageClock clock, Position place, Func<bool> reached)
    {
        await Rig.UntilAsync(reached);
        clock.Expire(place.Limit);
    }

    // How often the peer has come to a moment, told by what it has read.
    private static int Count(ScriptedSmtpPeer peer, SmtpPeerMoment moment)
    {
        var record = peer.Connections[0];
        int Of(string verb) => record.Commands.Count(command => command.StartsWith(verb, StringComparison.Ordinal));
        return moment switch
        {
            SmtpPeerMoment.Greeting => 1,
            SmtpPeerMoment.Hello => Of("EHLO"),
            SmtpPeerMoment.StartTls => Of("STARTTLS"),
            SmtpPeerMoment.HelloUnderTls => Of("EHLO") - 1,
            SmtpPeerMoment.Mail => Of("MAIL"),
            SmtpPeerMoment.Recipient => Of("RCPT"),
            SmtpPeerMoment.Data => Of("DATA"),
            SmtpPeerMoment.Chunk => Of("BDAT"),
            _ => record.Messages.Count,
        };
    }

    private sealed record Position(SmtpPeerMoment Moment, int Occurrence, TimeSpan Limit, string Wrong, string Stage);
}
