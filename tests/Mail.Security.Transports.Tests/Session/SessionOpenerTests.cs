using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Greeting and EHLO, and STARTTLS up to the handshake.</summary>
public sealed class SessionOpenerTests : IDisposable
{
    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    [Theory]
    [InlineData("220 mx.test ESMTP", null, false)]
    [InlineData("220-mx.test\n220-welcome\n220 ESMTP", null, false)]
    [InlineData("220", null, false)]
    [InlineData("451 4.3.2 later", "GreetingRefused@Greeting", true)]
    [InlineData("521 no mail here", "GreetingRefused@Greeting", true)]
    [InlineData("554-no\n554 service", "GreetingRefused@Greeting", true)]
    [InlineData("421 busy CLOSE", "Refused421@Greeting", false)]
    [InlineData("250 OK", null, false)]                    // the first digit decides (RFC 5321 §4.3.2)
    [InlineData("354 go on", "ProtocolViolation@Greeting", true)]
    [InlineData("RAW SSH-2.0-OpenSSH\r\n", "ProtocolViolation@Greeting", false)]
    [InlineData("RAW 2200 mx.test\r\n", "ProtocolViolation@Greeting", false)]
    [InlineData("RAW 220-mx.test\r\n554 no\r\n", "ProtocolViolation@Greeting", false)]
    [InlineData("RAW 220 mx.test\n", "ProtocolViolation@Greeting", false)]
    [InlineData("RAW 220 mx\0test\r\n", "ProtocolViolation@Greeting", false)]
    [InlineData("RAW \r\n", "ProtocolViolation@Greeting", false)]
    [InlineData("CLOSE", "ConnectionLost@Greeting", false)]
    [InlineData("STALL", "Timeout@Greeting", false)]
    [Trait("rfc", "5321#3.1")]
    [Trait("rfc", "7504#3")]
    public async Task OpenAsync_Greeting_OpensOrSaysWhy(string does, string? failure, bool quits)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Greeting, Act.Read(does)));

        Assert.Equal(failure ?? "Clear", await TryAsync(peer, Rig.Clear, does == "STALL" ? StageClock.Limits.Greeting : null));
        if (does != "STALL")                                // such a peer never ends
            Assert.Equal(quits, (await peer.WaitForEndAsync(1, Rig.Stop)).Commands.Contains("QUIT"));
    }

    [Theory]
    [InlineData(512, 509, null)]
    [InlineData(512, 512, "ProtocolViolation@Greeting")]
    [InlineData(64 * 1024, 64 * 1024 - 10, null)]
    [InlineData(64 * 1024, 64 * 1024, "ProtocolViolation@Greeting")]
    [Trait("rfc", "5321#4.5.3.1.5")]
    public async Task OpenAsync_GreetingAroundTheLimit_RefusedBeforeItsEnd(int limit, int length, string? failure)
    {
        // Many lines; of the refused ones the end never comes.
        var line = "220-" + new string('x', 58) + "\r\n";
        var text = string.Concat(Enumerable.Repeat(line, length / 64 + 1))[..(length - 20)] + (failure is null ? "\r\n220 end\r\n" : new string('x', 20));
        await using var peer = ScriptedSmtpPeer.Play($"RAW {text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\nC: EHLO *\nS: 250 mx.test\nSTALL");

        Assert.Equal(failure ?? "Clear", await TryAsync(peer, Rig.Clear with { Limits = new SmtpSessionLimits { MaxReply = limit } }));
    }

    [Theory]
    [InlineData("250 mx.test", null)]
    [InlineData("250", null)]
    [InlineData("451 later", "HelloRefused@Hello")]
    [InlineData("550 5.7.1 who are you", "HelloRefused@Hello")]
    [InlineData("554 no", "HelloRefused@Hello")]
    [InlineData("421 closing CLOSE", "Refused421@Hello")]
    [InlineData("354 go on", "ProtocolViolation@Hello")]
    [InlineData("RAW what?\r\n", "ProtocolViolation@Hello")]
    [InlineData("CLOSE", "ConnectionLost@Hello")]
    [InlineData("RESET", "ConnectionLost@Hello")]
    [InlineData("STALL", "Timeout@Hello")]
    [Trait("rfc", "5321#4.1.1.1")]
    public async Task OpenAsync_Ehlo_OpensOrSaysWhy(string does, string? failure)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Hello, Act.Read(does)));

        Assert.Equal(failure ?? "Clear", await TryAsync(peer, Rig.Clear, does == "STALL" ? StageClock.Limits.Command : null, commands: 1));
        Assert.DoesNotContain("HELO client.test", peer.Connections[0].Commands);
    }

    [Theory]
    [InlineData("500 what")]
    [InlineData("501 what")]
    [InlineData("502 5.5.1 what")]
    [InlineData("503 what")]
    [InlineData("504 what")]
    [Trait("rfc", "5321#3.2")]
    public async Task OpenAsync_EhloUnknown_HeloWhereNothingIsLostByIt(string refusal)
    {
        using var certificate = _authority.Issue("mx.test");
        MailExchangerOptions Options(SmtpPeerMoment moment) => new MailExchangerOptions { Tls = new SmtpPeerTls(certificate) }.On(moment, "EHLO*", refusal);

        await using var clear = ScriptedSmtpPeer.StartMailExchanger(Options(SmtpPeerMoment.Hello));
        await using var session = await Rig.OpenAsync(clear);
        Assert.Empty(session.Capabilities.Keywords);
        Assert.Equal(["EHLO client.test", "HELO client.test"], clear.Connections[0].Commands);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));

        Assert.Equal("StartTlsNotOffered@Hello", await TryAsync(clear, Rig.StartTls));

        await using var under = ScriptedSmtpPeer.StartMailExchanger(Options(SmtpPeerMoment.HelloUnderTls));
        Assert.Equal("HelloRefused@Hello", await TryAsync(under, Rig.StartTls));
        Assert.DoesNotContain("HELO client.test", under.Connections[0].Commands);
    }

    [Theory]
    [InlineData("550 no", "HelloRefused@Hello")]
    [InlineData("502 no", "HelloRefused@Hello")]
    [InlineData("354 go on", "ProtocolViolation@Hello")]
    [InlineData("421 closing CLOSE", "Refused421@Hello")]
    [InlineData("CLOSE", "ConnectionLost@Hello")]
    public async Task OpenAsync_HeloRefusedToo_SaysWhy(string does, string failure)
    {
        var options = new MailExchangerOptions().On(SmtpPeerMoment.Hello, "EHLO*", "502 what");
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Hello, Act.Read(does)) { Command = "HELO*" });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);

        Assert.Equal(failure, await TryAsync(peer, Rig.Clear));
    }

    [Fact]
    [Trait("rfc", "3207#4")]
    public async Task OpenAsync_StartTlsNotOffered_FailsWithoutTheCommand()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();

        Assert.Equal("StartTlsNotOffered@StartTls", await TryAsync(peer, Rig.StartTls));
        Assert.Equal(["EHLO client.test", "QUIT"], (await peer.WaitForEndAsync(1, Rig.Stop)).Commands);
    }

    [Theory]
    [InlineData("454 4.7.0 not now", "StartTlsRefused@StartTls")]
    [InlineData("501 5.5.4 no", "StartTlsRefused@StartTls")]
    [InlineData("554 5.7.0 no", "StartTlsRefused@StartTls")]
    [InlineData("250 OK", "StartTlsRefused@StartTls")]
    [InlineData("354 go on", "StartTlsRefused@StartTls")]
    [InlineData("421 closing CLOSE", "Refused421@StartTls")]
    [InlineData("RAW what?\r\n", "ProtocolViolation@StartTls")]
    [InlineData("CLOSE", "ConnectionLost@StartTls")]
    [InlineData("RESET", "ConnectionLost@StartTls")]
    [InlineData("STALL", "Timeout@StartTls")]
    [Trait("rfc", "3207#4")]
    public async Task OpenAsync_StartTlsAnswered_OnlyBy220(string does, string failure)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Tls = new SmtpPeerTls(certificate) }.On(SmtpPeerMoment.StartTls, Act.Read(does)));

        Assert.Equal(failure, await TryAsync(peer, Rig.StartTls, does == "STALL" ? StageClock.Limits.Command : null, commands: 2));
    }

    [Theory]                                                // whatever it is, and however little
    [InlineData("250 mx.test\\r\\n")]
    [InlineData("250-mx.test\\r\\n250 AUTH PLAIN\\r\\n")]
    [InlineData("220 go\\r\\n")]
    [InlineData("2")]
    [InlineData("\\0")]
    [Trait("rfc", "3207#4")]
    public async Task OpenAsync_BytesTogetherWithThe220_Injection(string injected)
    {
        await using var peer = ScriptedSmtpPeer.Play($"""
            S: 220 mx.test
            C: EHLO *
            S: 250-mx.test
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go ahead
            RAW {injected}
            C: *
            """);

        Assert.Equal("StartTlsInjection@StartTls", await TryAsync(peer, Rig.StartTls));
        var record = await peer.WaitForEndAsync(1, Rig.Stop);
        Assert.Equal(["EHLO client.test", "STARTTLS"], record.Commands);    // to whoever is there, not a word more
    }

    [Fact]                                                  // before STARTTLS was even said
    public async Task OpenAsync_AnswerToStartTlsBeforeTheCommand_ProtocolViolation()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            S: 220 mx.test
            C: EHLO *
            S: 250-mx.test
            S: 250 STARTTLS
            S: 220 go ahead
            C: *
            """);

        Assert.Equal("ProtocolViolation@StartTls", await TryAsync(peer, Rig.StartTls));
        Assert.Equal(["EHLO client.test"], (await peer.WaitForEndAsync(1, Rig.Stop)).Commands);
    }

    [Theory]                                                // in a packet of its own, after the 220 was read: TLS reads it, and it is no TLS
    [InlineData("250 mx.test\r\n")]
    [InlineData("250-mx.test\r\n250 AUTH PLAIN\r\n")]
    public async Task OpenAsync_BytesBehindThe220_HandshakeFails(string injected)
    {
        var link = new MemoryLink();
        var server = ServeAsync();

        var result = await SmtpClientSession.OpenAsync(link.Client, Rig.StartTls, new StageClock(), Rig.Stop);
        await server;

        var failure = Assert.IsType<SessionOpenResult.Failed>(result).Failure;
        Assert.Equal("TlsHandshake@TlsHandshake", $"{failure.Kind}@{failure.Stage}");
        Assert.True(link.Client.IsDisposed);

        async Task ServeAsync()
        {
            await link.SayAsync("220 mx.test\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("250-mx.test\r\n250 STARTTLS\r\n");
            await link.Server.ReadLineAsync(Rig.Stop);
            await link.SayAsync("220 go ahead\r\n");
            await link.Server.ReadAsync(new char[1], Rig.Stop);             // the ClientHello has begun
            await link.SayAsync(injected);
            while (await link.Server.ReadAsync(new char[4096], Rig.Stop) > 0)
            {
            }
        }
    }

    [Fact]                                                  // RFC 3207 §4.2
    [Trait("rfc", "3207#4.2")]
    public async Task OpenAsync_AnnouncedInTheClear_ForgottenUnderTls()
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse("""
            S: 220 mx.test
            C: EHLO client.test
            S: 250-mx.test
            S: 250-PIPELINING
            S: 250-SIZE 1
            S: 250-AUTH PLAIN
            S: 250-REQUIRETLS
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go ahead
            TLS
            C: EHLO client.test
            S: 250-real.test
            S: 250 8BITMIME
            C: MAIL FROM:<from@client.test>
            S: 250 OK
            C: RCPT TO:<a@mx.test>
            S: 250 OK
            C: DATA
            S: 354 go ahead
            CONTENT
            S: 250 queued
            """)], new SmtpPeerTls(certificate));
        await using var session = await Rig.OpenAsync(peer, Rig.StartTls);

        Assert.Equal(["8BITMIME"], session.Capabilities.Keywords);
        Assert.Equal("real.test", session.Capabilities.Greeting);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        Assert.Null(peer.Connections[0].Mismatch);
    }

    [Theory]
    [InlineData(SmtpPeerMoment.Greeting)]
    [InlineData(SmtpPeerMoment.Hello)]
    [InlineData(SmtpPeerMoment.StartTls)]
    [InlineData(SmtpPeerMoment.Handshake)]
    [InlineData(SmtpPeerMoment.HelloUnderTls)]
    public async Task OpenAsync_CancelledWhileTheServerStalls_ThrowsAndCloses(SmtpPeerMoment moment)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Tls = new SmtpPeerTls(certificate) }.On(moment, new SmtpPeerAction.Stall()));
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var seen = new LinkStream(socket, socket);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);

        var opening = SmtpClientSession.OpenAsync(seen, Rig.StartTls, cancellationToken: cancel.Token).AsTask();
        var commands = moment switch { SmtpPeerMoment.Greeting => 0, SmtpPeerMoment.Hello => 1, SmtpPeerMoment.HelloUnderTls => 3, _ => 2 };
        await Rig.UntilAsync(() => peer.Connections.Count == 1 && peer.Connections[0].Commands.Count == commands);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.True(seen.IsDisposed);
    }

    public void Dispose() => _authority.Dispose();

    private static async Task<string> TryAsync(ScriptedSmtpPeer peer, SmtpSessionSettings settings, TimeSpan? expire = null, int commands = 0)
    {
        var clock = new StageClock();
        var stream = await Rig.ConnectAsync(peer.EndPoint);
        var opening = SmtpClientSession.OpenAsync(stream, settings, clock, Rig.Stop).AsTask();
        if (expire is { } limit)
        {
            await Rig.UntilAsync(() => peer.Connections.Count == 1 && peer.Connections[0].Commands.Count == commands);
            clock.Expire(limit);
        }
        switch (await opening)
        {
            case SessionOpenResult.Opened(var session):
                await using (session)
                    return session.Channel.Security.ToString();
            case SessionOpenResult.Failed(var failure):
                Assert.False(stream.CanRead);               // closed
                Assert.NotEmpty(failure.Detail);
                return $"{failure.Kind}@{failure.Stage}";
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
