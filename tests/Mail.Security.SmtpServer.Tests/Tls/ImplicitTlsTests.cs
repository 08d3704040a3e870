using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Tls;

public sealed class ImplicitTlsTests
{
    [Fact]
    [Trait("rfc", "8314#3.3")]
    public async Task Session_BeginsWithTheHandshake()
    {
        await using var session = await SocketSession.StartAsync(Options(), TlsStart.Immediately);
        await session.SecureAsync();
        Assert.StartsWith("220 mx.example ", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", await session.AskAsync("EHLO c.example\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync("STARTTLS\r\n"), StringComparison.Ordinal);
        await session.SendAsync(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        foreach (var code in (string[])["250 2.1.0 ", "250 2.1.5 ", "354 "])
            Assert.StartsWith(code, await session.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 ", await session.AskAsync(string.Concat(Enumerable.Repeat("0123456789\r\n", 20_000)) + ".\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("221 ", await session.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, (await session.EndAsync()).AcceptedMessages);
        Assert.Equal(240_000, session.Handler.Accepted.Single().Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_ProxyHeaderBeforeTheHandshake_IsReadInClear(bool together)
    {
        const string header = "PROXY TCP4 198.51.100.9 198.51.100.1 4096 465\r\n";
        var options = Options();
        options.ProxyProtocolSources = [System.Net.IPNetwork.Parse("127.0.0.0/8")];
        await using var session = await SocketSession.StartAsync(options, TlsStart.Immediately);
        await (together ? session.HoldAsync(header) : session.SendAsync(header));
        await session.SecureAsync();
        Assert.StartsWith("220 mx.example ", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("198.51.100.9:4096", session.Handler.Session!.RemoteEndPoint?.ToString());
        Assert.StartsWith("221 ", await session.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_ClientSpeaksInClear_FailsWithoutAGreeting()
    {
        await using var session = await SocketSession.StartAsync(Options(), TlsStart.Immediately);
        await session.SendAsync("EHLO c.example\r\n");
        var answer = await session.ReadToEndAsync();
        Assert.DoesNotContain("220", System.Text.Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.HandshakeFailed, (await session.EndAsync()).Reason);
        Assert.Empty(session.Handler.Calls);
    }

    [Fact]
    public async Task Session_CutWithinTheMessage_NeverCompletesTheSink()
    {
        var session = await SocketSession.StartAsync(Options(), TlsStart.Immediately);
        await session.SecureAsync();
        await session.ReadAsync();
        await session.AskAsync("EHLO c.example\r\n");
        await session.AskAsync(MemorySession.Mail);
        await session.AskAsync(MemorySession.Rcpt);
        await session.AskAsync(MemorySession.Data);
        await session.SendAsync("half a mess");
        await session.DisposeAsync();
        Assert.Equal(SessionEndReason.ConnectionLost, (await session.EndAsync()).Reason);
        Assert.Equal((0, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
    }

    [Fact]
    public async Task Clear_TlsClientOnAClearPort_GetsOneReply()
    {
        await using var session = await SocketSession.StartAsync(MemorySession.Defaults());
        await session.ReadAsync();
        Assert.Equal("500 5.5.2 This is an SMTP server\r\n", await session.AskAsync("\u0016\u0003\u0001\u0000\u0005"));
        Assert.Equal(SessionEndReason.NotSmtp, (await session.EndAsync()).Reason);
    }

    [Fact]
    public void Options_WithoutCertificate_AreRefused() => Assert.Throws<ArgumentException>(() =>
        new SmtpServerSession(new MemorySession(), MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null, TlsStart.Immediately)));

    private static SmtpServerOptions Options()
    {
        var options = MemorySession.Defaults();
        options.Tls = new SmtpServerTls(TestCertificates.First);
        return options;
    }
}
