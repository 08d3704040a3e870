using System.Globalization;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>A session between two transactions: what a server said or did meanwhile is seen without waiting, or by asking.</summary>
public sealed class IdleSessionTests : IDisposable
{
    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CheckIdle_SilentServer_NothingAndTheSessionGoesOn(bool underTls)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Tls = underTls ? new SmtpPeerTls(certificate) : null });
        await using var session = await Rig.OpenAsync(peer, underTls ? Rig.StartTls : Rig.Clear);

        for (var round = 0; round < 3; round++)
        {
            Assert.Null(session.CheckIdle());
            Assert.Null(session.CheckIdle());
            Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        }
        Assert.Null(session.CheckIdle());
        await session.CloseAsync(Rig.Stop);
        Assert.Equal("QUIT", (await peer.WaitForEndAsync(1, Rig.Stop)).Commands[^1]);
    }

    [Theory]
    [InlineData("S: 421 4.4.2 idle too long\nCLOSE", "Refused421@Idle")]
    [InlineData("S: 421 4.4.2 idle too long\nC: *", "Refused421@Idle")]
    [InlineData("CLOSE", "ConnectionLost@Idle")]
    [InlineData("RESET", "ConnectionLost@Idle")]
    [InlineData("S: 250 what\nC: *", "ProtocolViolation@Idle")]
    [InlineData("RAW what?\\r\\n\nC: *", "ProtocolViolation@Idle")]
    [InlineData("RAW 42\nC: *", "ProtocolViolation@Idle")]
    [Trait("rfc", "5321#3.8")]
    public async Task CheckIdle_ServerSpokeOrLeft_TellsAndIsBroken(string does, string expected)
    {
        using var certificate = _authority.Issue("mx.test");
        foreach (var underTls in (bool[])[false, true])
        {
            var hello = underTls ? "S: 220 mx.test\nC: EHLO *\nS: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250 mx.test\nC: NOOP\nS: 250 OK\n" : "S: 220 mx.test\nC: EHLO *\nS: 250 mx.test\nC: NOOP\nS: 250 OK\n";
            await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse(hello + "C: NOOP\nS: 250 OK\n" + does)], new SmtpPeerTls(certificate));
            await using var session = await Rig.OpenAsync(peer, underTls ? Rig.StartTls : Rig.Clear);
            Assert.Null(await session.ProbeAsync(Rig.Stop));
            Assert.Null(session.CheckIdle());
            Assert.Null(await session.ProbeAsync(Rig.Stop));

            SessionFailure? failure = null;
            await Rig.UntilAsync(() => session.State == SessionState.Broken || (failure = session.CheckIdle()) is not null);

            Assert.Equal(expected, $"{failure?.Kind}@{failure?.Stage}");
            Assert.Equal(SessionState.Broken, session.State);
            Assert.Throws<InvalidOperationException>(() => session.CheckIdle());
        }
    }

    [Theory]
    [InlineData("250 OK", null)]
    [InlineData("500 5.5.1 unknown command", null)]          // it is there, and in step
    [InlineData("421 4.3.2 closing", "Refused421@Idle")]
    [InlineData("354 go on", "ProtocolViolation@Idle")]
    [InlineData("RAW what?\\r\\n", "ProtocolViolation@Idle")]
    [InlineData("CLOSE", "ConnectionLost@Idle")]
    [InlineData("RESET", "ConnectionLost@Idle")]
    [InlineData("STALL", "Timeout@Idle")]
    [Trait("rfc", "5321#4.1.1.9")]
    public async Task ProbeAsync_Clean_AsksByNoop(string does, string? expected)
    {
        var answer = does is "CLOSE" or "RESET" or "STALL" || does.StartsWith("RAW", StringComparison.Ordinal) ? does : $"S: {does}";
        await using var peer = ScriptedSmtpPeer.Play($"S: 220 mx.test\nC: EHLO *\nS: 250 mx.test\nC: NOOP\n{answer}\nC: *");
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear, clock);

        var probing = session.ProbeAsync(Rig.Stop).AsTask();
        if (does == "STALL")
        {
            await Rig.UntilAsync(() => peer.Connections[0].Commands.Contains("NOOP"));
            clock.Expire(StageClock.Limits.Command);
        }
        var failure = await probing;

        Assert.Equal(expected, failure is null ? null : string.Create(CultureInfo.InvariantCulture, $"{failure.Kind}@{failure.Stage}"));
        Assert.Equal(expected is null ? SessionState.Reusable : SessionState.Broken, session.State);
    }

    [Fact]
    [Trait("rfc", "5321#4.1.1.5")]
    public async Task ProbeAsync_EnvelopeLeft_AsksByRsetAndTheNextNeedsNone()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Recipient, "*none@*", "550 unknown"));
        await using var session = await Rig.OpenAsync(peer);
        await session.SendAsync(Rig.Envelope("none@mx.test"), Rig.Content, Rig.Stop);

        Assert.Null(await session.ProbeAsync(Rig.Stop));
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));

        Assert.Single(peer.Connections[0].Commands, command => command == "RSET");
        Assert.DoesNotContain("NOOP", peer.Connections[0].Commands);
    }

    [Fact]
    public async Task SendAsync_AfterALookThatFoundNothing_ServerGoneMeanwhile_Deferred()
    {
        await using var peer = ScriptedSmtpPeer.Play("S: 220 mx.test\nC: EHLO *\nS: 250-mx.test\nS: 250 PIPELINING\nC: MAIL *\nS: 421 4.3.2 closing\nCLOSE");
        await using var session = await Rig.OpenAsync(peer);
        Assert.Null(session.CheckIdle());

        Assert.Equal("Deferred/Mail; Refused421@Mail; Broken", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
    }
}
