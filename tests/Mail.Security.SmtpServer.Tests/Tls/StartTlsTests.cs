using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.RequireTls;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Tls;

public sealed class StartTlsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "TLS1.2")]
    [InlineData(SslProtocols.Tls13, "TLS1.3")]
    [Trait("rfc", "3207#4")]
    public async Task StartTls_Message_IsTakenUnderTls(SslProtocols protocol, string name)
    {
        await using var session = await GreetedAsync(Options());
        Assert.Contains("250-STARTTLS\r\n", await session.AskAsync("EHLO c.example\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("220 2.0.0 ", await session.AskAsync("STARTTLS\r\n"), StringComparison.Ordinal);
        await session.SecureAsync(protocol);
        var offer = await session.AskAsync("EHLO c.example\r\n");
        Assert.DoesNotContain("STARTTLS", offer, StringComparison.Ordinal);
        Assert.EndsWith("250 REQUIRETLS\r\n", offer, StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.0 ", await session.AskAsync("MAIL FROM:<ann@a.example> REQUIRETLS\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.5 ", await session.AskAsync(MemorySession.Rcpt), StringComparison.Ordinal);
        Assert.StartsWith("354 ", await session.AskAsync(MemorySession.Data), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 ", await session.AskAsync("secret\r\n.\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("221 ", await session.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
        Assert.Empty(await session.ReadToEndAsync());       // close_notify: no error
        Assert.Equal(new SessionEnd(SessionEndReason.Quit, 1, ""), await session.EndAsync());
        var info = session.Handler.Session!;
        Assert.Equal((name, "mx.example", "ESMTPS"), (info.Tls!.ProtocolName, info.Tls.ServerName, info.GetProtocol(session.Handler.Envelopes[0])));
        Assert.Equal(TlsDemand.RequireTls, session.Handler.Envelopes[0].TlsDemand);
    }

    [Theory]
    [InlineData("EHLO evil.example\r\n")]
    [InlineData("\r\n")]
    [InlineData("x")]
    [InlineData("\u0016\u0003\u0001")]
    [Trait("rfc", "3207#4")]
    public async Task StartTls_WithBytesBehindItInClear_IsRefusedWithoutAHandshake(string behind)
    {
        await using var session = await GreetedAsync(Options());
        await session.AskAsync("EHLO c.example\r\n");
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync("STARTTLS\r\n" + behind), StringComparison.Ordinal);
        Assert.Empty(await session.ReadToEndAsync());
        Assert.Equal(SessionEndReason.ClearTextBehindStartTls, (await session.EndAsync()).Reason);
    }

    [Fact]
    [Trait("rfc", "3207#4")]
    public void StartTls_WithBytesBehindItInAPipe_IsRefused()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.Tls = new SmtpServerTls(TestCertificates.First));
        Assert.Equal("503 5.5.1", session.Ask("STARTTLS\r\nNOOP\r\n"));
        Assert.Equal(SessionEndReason.ClearTextBehindStartTls, session.End.Reason);
    }

    [Fact]
    [Trait("rfc", "3207#4.2")]
    public async Task StartTls_EverythingSaidInClear_IsForgotten()
    {
        await using var session = await GreetedAsync(Options());
        await session.AskAsync("EHLO before.example\r\n");
        await session.AskAsync("MAIL FROM:<before@a.example>\r\n");
        await session.AskAsync("RCPT TO:<before@b.example>\r\n");
        session.Handler.Session!.HandlerState = "before";
        await session.AskAsync("STARTTLS\r\n");
        await session.SecureAsync();
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync("DATA\r\n"), StringComparison.Ordinal);
        Assert.Equal((SmtpHello.None, "", null), (session.Handler.Session.Hello, session.Handler.Session.HelloName, session.Handler.Session.HandlerState));
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync(MemorySession.Mail), StringComparison.Ordinal);
        await session.AskAsync("EHLO after.example\r\n");
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync("RCPT TO:<b@b.example>\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync("STARTTLS\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOOP\r\nMAIL FROM:<a@a.example>\r\nlong enough to be more than any record header needs\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0001x")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001\u0000\u0015\u0000\u0000\u0000\u0010\u0000\u0000\u0001\u0003\u0000\u0080")]       // SSL 2
    public async Task Handshake_OfGarbage_FailsAndEnds(string garbage)
    {
        await using var session = await GreetedAsync(Options());
        await session.AskAsync("STARTTLS\r\n");
        await session.SendAsync(garbage);
        session.CloseSending();
        var end = await session.EndAsync();
        Assert.Equal(SessionEndReason.HandshakeFailed, end.Reason);
        Assert.NotEmpty(end.Detail);
        Assert.Equal([Hook.Connect], session.Handler.Calls);
    }

    [Fact]
    public async Task Handshake_ClientClosesInstead_FailsAndEnds()
    {
        await using var session = await GreetedAsync(Options());
        await session.AskAsync("STARTTLS\r\n");
        session.CloseSending();
        Assert.Equal(SessionEndReason.HandshakeFailed, (await session.EndAsync()).Reason);
    }

    [Theory]
    [InlineData(0x01)]      // TLS 1.0
    [InlineData(0x02)]      // TLS 1.1
    [Trait("rfc", "8996#5")]
    public async Task Handshake_BelowTls12_IsRefusedWithAnAlert(byte minor)
    {
        await using var session = await GreetedAsync(Options());
        await session.AskAsync("STARTTLS\r\n");
        await session.SendAsync(ClientHello(minor));
        var answer = await session.ReadToEndAsync();
        Assert.Equal((21, 2, 70), (answer[0], answer[5], answer[6]));      // alert, fatal, protocol_version
        Assert.Equal(SessionEndReason.HandshakeFailed, (await session.EndAsync()).Reason);
    }

    [Fact]
    public async Task Handshake_Stalls_EndsAfterItsLimit()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.Tls = new SmtpServerTls(TestCertificates.First));
        Assert.Equal("220 2.0.0", session.Ask("STARTTLS\r\n"));
        session.TrySend(new byte[] { 22, 3, 1 });
        session.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        Assert.False(session.Run.IsCompleted);
        session.Advance(TimeSpan.FromMilliseconds(1));
        var end = await session.Run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((SessionEndReason.HandshakeFailed, "the handshake took too long"), (end.Reason, end.Detail));
    }

    [Fact]
    public async Task Replace_Certificate_IsServedToTheNextHandshake()
    {
        var options = Options();
        foreach (var certificate in (X509Certificate2[])[TestCertificates.First, TestCertificates.Second])
        {
            options.Tls!.Replace(certificate);
            await using var session = await GreetedAsync(options);
            await session.AskAsync("STARTTLS\r\n");
            await session.SecureAsync(name: "any.example");
            Assert.Equal(certificate.Thumbprint, ((X509Certificate2)session.Tls!.RemoteCertificate!).Thumbprint);
        }
    }

    [Fact]
    public void Certificate_WithoutKey_IsRefused()
    {
        using var bare = X509CertificateLoader.LoadCertificate(TestCertificates.First.Export(X509ContentType.Cert));
        Assert.Throws<ArgumentException>(() => new SmtpServerTls(bare));
        Assert.Throws<ArgumentException>(() => new SmtpServerTls(TestCertificates.First).Replace(bare));
    }

    [Fact]
    [Trait("rfc", "3207#4")]
    public async Task Requirement_UnderTls_ServesEverything()
    {
        var options = Options();
        options.Tls = new SmtpServerTls(TestCertificates.First) { Requirement = TlsRequirement.Required };
        await using var session = await GreetedAsync(options);
        await session.AskAsync("EHLO c.example\r\n");
        Assert.StartsWith("530 5.7.0 ", await session.AskAsync(MemorySession.Mail), StringComparison.Ordinal);
        await session.AskAsync("STARTTLS\r\n");
        await session.SecureAsync();
        await session.AskAsync("EHLO c.example\r\n");
        Assert.StartsWith("250 2.1.0 ", await session.AskAsync(MemorySession.Mail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_UnderTls_IsToldUnderTls()
    {
        var options = Options();
        options.Timeouts.Command = TimeSpan.FromMilliseconds(50);      // for the second command under TLS, which never comes
        await using var session = await GreetedAsync(options);
        await session.AskAsync("STARTTLS\r\n");
        await session.SecureAsync();
        await session.AskAsync("EHLO c.example\r\n");
        Assert.StartsWith("421 4.4.2 ", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(await session.ReadToEndAsync());
        Assert.Equal(SessionEndReason.Timeout, (await session.EndAsync()).Reason);
    }

    private static SmtpServerOptions Options()
    {
        var options = MemorySession.Defaults();
        options.Tls = new SmtpServerTls(TestCertificates.First);
        options.Extensions = [new RequireTlsExtension()];
        return options;
    }

    private static async Task<SocketSession> GreetedAsync(SmtpServerOptions options)
    {
        var session = await SocketSession.StartAsync(options);
        Assert.StartsWith("220 mx.example ", await session.ReadAsync(), StringComparison.Ordinal);
        return session;
    }

    // A whole ClientHello of an old client (RFC 5246 §7.4.1.2), which a client of today can no longer be made to send.
    private static byte[] ClientHello(byte minor)
    {
        byte[] hello = [3, minor, .. new byte[32], 0, 0, 4, 0x00, 0x2F, 0xC0, 0x13, 1, 0];
        byte[] handshake = [1, 0, 0, (byte)hello.Length, .. hello];
        return [22, 3, 1, 0, (byte)handshake.Length, .. handshake];
    }
}
