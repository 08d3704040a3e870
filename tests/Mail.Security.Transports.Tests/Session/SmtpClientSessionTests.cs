using System.Security.Authentication;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>The session between and around its transactions: reset, goodbye, cancellation, misuse.</summary>
public sealed class SmtpClientSessionTests
{
    [Theory]
    [InlineData("250 OK", "Accepted/EndOfData; -; Reusable")]
    [InlineData("421 4.3.2 closing", "Deferred/Reset; Refused421@Reset; Broken")]
    [InlineData("500 what", "Deferred/Reset; ProtocolViolation@Reset; Broken")]
    [InlineData("451 later", "Deferred/Reset; ProtocolViolation@Reset; Broken")]
    [InlineData("354 go on", "Deferred/Reset; ProtocolViolation@Reset; Broken")]
    [InlineData("RAW what?\r\n", "Deferred/Reset; ProtocolViolation@Reset; Broken")]
    [InlineData("CLOSE", "Deferred/Reset; ConnectionLost@Reset; Broken")]
    [InlineData("RESET", "Deferred/Reset; ConnectionLost@Reset; Broken")]
    [InlineData("STALL", "Deferred/Reset; Timeout@Reset; Broken")]
    [Trait("rfc", "5321#4.1.1.5")]
    public async Task SendAsync_ResetBetweenTransactions_AnswerDecides(string does, string outcome)
    {
        var options = new MailExchangerOptions().On(SmtpPeerMoment.Reset, Act.Read(does)).On(SmtpPeerMoment.Recipient, "*none@*", "550 unknown");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);
        Assert.Equal("Refused/Recipient; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("none@mx.test"), Rig.Content, Rig.Stop)));

        var sending = session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop).AsTask();
        if (does == "STALL")
        {
            await Rig.UntilAsync(() => peer.Connections[0].Commands.Contains("RSET"));
            clock.Expire(StageClock.Limits.Command);
        }

        Assert.Equal(outcome, Rig.Describe(await sending));
    }

    [Fact]                                                  // an idle server that gave up in the meantime: its goodbye, not a riddle
    [Trait("rfc", "5321#3.8")]
    public async Task SendAsync_ServerSaid421InTheMeantime_Refused421()
    {
        foreach (var keyword in new[] { "250 PIPELINING", "250 HELP" })
        {
            await using var peer = ScriptedSmtpPeer.Play($"""
                S: 220 mx.test
                C: EHLO *
                S: 250-mx.test
                S: {keyword}
                C: MAIL *
                C: RCPT *
                C: DATA
                """.Replace($"S: {keyword}\n", $"S: {keyword}\nS: 421 4.4.2 idle\nCLOSE\n", StringComparison.Ordinal));
            await using var session = await Rig.OpenAsync(peer);

            Assert.Equal("Deferred/Mail; Refused421@Mail; Broken", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        }
    }

    [Theory]
    [InlineData("221 bye")]
    [InlineData("500 what")]
    [InlineData("RAW garbage\n")]
    [InlineData("CLOSE")]
    [InlineData("RESET")]
    [InlineData("STALL")]
    [Trait("rfc", "5321#4.1.1.10")]
    public async Task CloseAsync_WhateverTheServerSays_Ends(string does)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Quit, Act.Read(does)));
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);

        var closing = session.CloseAsync(Rig.Stop).AsTask();
        await Rig.UntilAsync(() => peer.Connections[0].Commands.Contains("QUIT"));
        clock.Expire(StageClock.Limits.Quit);
        await closing;

        Assert.Equal(SessionState.Broken, session.State);
        await session.CloseAsync(Rig.Stop);                 // again, and nothing happens
        Assert.Single(peer.Connections[0].Commands, command => command == "QUIT");
    }

    [Fact]                                                  // RFC 5246 §7.2.1: the server need not suspect a truncation
    [Trait("rfc", "5246#7.2.1")]
    public async Task CloseAsync_UnderTls_SendsCloseNotify()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        using var certificate = authority.Issue("mx.test");
        var tls = new SmtpPeerTls(certificate) { Protocols = SslProtocols.Tls12 };     // where the type of a record can be seen from outside
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Tls = tls });
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var seen = new LinkStream(socket, socket);
        var session = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(seen, Rig.StartTls, cancellationToken: Rig.Stop)).Session;
        var before = seen.Written.Length;

        await session.CloseAsync(Rig.Stop);

        var records = seen.Written[before..];
        var quit = 5 + (records[3] << 8 | records[4]);
        Assert.Equal((23, 21), (records[0], records[quit])); // application data, then an alert
        Assert.True(seen.IsDisposed);
    }

    [Theory]
    [InlineData(SmtpPeerMoment.Mail, "HELP")]
    [InlineData(SmtpPeerMoment.Recipient, "HELP")]
    [InlineData(SmtpPeerMoment.Data, "HELP")]
    [InlineData(SmtpPeerMoment.EndOfData, "HELP")]
    [InlineData(SmtpPeerMoment.Mail, "PIPELINING")]
    [InlineData(SmtpPeerMoment.Recipient, "PIPELINING")]
    [InlineData(SmtpPeerMoment.Data, "PIPELINING")]
    [InlineData(SmtpPeerMoment.EndOfData, "PIPELINING")]
    public async Task SendAsync_CancelledWhileTheServerStalls_ThrowsAndCloses(SmtpPeerMoment moment, string keyword)
    {
        var options = new MailExchangerOptions { Keywords = [keyword] }.On(moment, new SmtpPeerAction.Stall());
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var seen = new LinkStream(socket, socket);
        await using var session = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(seen, Rig.Clear, cancellationToken: Rig.Stop)).Session;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);

        var sending = session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, cancel.Token).AsTask();
        await Rig.UntilAsync(() => Act.HasReached(peer.Connections[0], moment));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(SessionState.Broken, session.State);
        Assert.True(seen.IsDisposed);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop));
    }

    [Fact]
    public async Task CloseAsync_CancelledWhileTheServerStalls_ClosesAtOnce()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Quit, new SmtpPeerAction.Stall()));
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var seen = new LinkStream(socket, socket);
        await using var session = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(seen, Rig.Clear, cancellationToken: Rig.Stop)).Session;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);

        var closing = session.CloseAsync(cancel.Token).AsTask();
        await Rig.UntilAsync(() => peer.Connections[0].Commands.Contains("QUIT"));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing);
        Assert.True(seen.IsDisposed);
    }

    [Fact]
    public async Task SendAsync_Misuse_ThrowsAndSessionLives()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Mail, new SmtpPeerAction.Stall()));
        await using var session = await Rig.OpenAsync(peer);

        await Assert.ThrowsAsync<ArgumentException>(async () => await session.SendAsync(Rig.Envelope(), Rig.Content, Rig.Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.SendAsync(Rig.Envelope() with { Recipients = [new Smtp.SmtpRecipient(MailPath.Null)] }, Rig.Content, Rig.Stop));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await session.SendAsync(Rig.Envelope("a@mx.test"), null!, Rig.Stop));
        Assert.Equal(SessionState.Reusable, session.State);

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var sending = session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, cancel.Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.CloseAsync(Rig.Stop));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task DisposeAsync_Twice_Nothing()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        var session = await Rig.OpenAsync(peer);

        await session.DisposeAsync();
        await session.DisposeAsync();

        Assert.Equal(SessionState.Broken, session.State);
        Assert.Equal(["EHLO client.test"], (await peer.WaitForEndAsync(1, Rig.Stop)).Commands);
    }
}
