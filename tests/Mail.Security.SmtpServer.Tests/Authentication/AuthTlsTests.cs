using System.Security.Authentication;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>AUTH over real sockets and real TLS, with channel binding.</summary>
public sealed class AuthTlsTests
{
    private readonly TestAccounts _accounts = new();

    [Theory]
    [InlineData(TlsStart.OnRequest, SslProtocols.Tls12)]
    [InlineData(TlsStart.OnRequest, SslProtocols.Tls13)]
    [InlineData(TlsStart.Immediately, SslProtocols.Tls13)]
    [Trait("rfc", "4954#4")]
    public async Task Auth_EveryMechanismUnderTls_Succeeds(TlsStart start, SslProtocols protocol)
    {
        foreach (var mechanism in SaslMechanisms.StrongestFirst.Except([SaslMechanisms.External, SaslMechanisms.OAuthBearer, SaslMechanisms.XOAuth2]))
        {
            await using var session = await SecureAsync(start, protocol);
            var offer = await session.AskAsync(MemorySession.Hello);
            Assert.Contains("AUTH SCRAM-SHA-512-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN\r\n", offer, StringComparison.Ordinal);
            Assert.StartsWith("235 2.7.0 ", await LogInAsync(session, mechanism, mechanism.EndsWith("-PLUS", StringComparison.Ordinal) ? Binding() : null, TestAccounts.Password), StringComparison.Ordinal);
            var info = session.Handler.Session!;
            Assert.Equal(new SmtpAuthentication(TestAccounts.User, TestAccounts.User, mechanism), info.Authentication);
            Assert.Equal(("ESMTPSA", "UTF8SMTPSA"), (info.GetProtocol(Envelope(false)), info.GetProtocol(Envelope(true))));
        }
    }

    [Theory]
    [InlineData(SaslMechanisms.ScramSha256Plus)]
    [InlineData(SaslMechanisms.ScramSha512Plus)]
    [Trait("rfc", "5929#4")]
    public async Task Auth_BoundToAnotherCertificate_Fails(string mechanism)
    {
        await using var session = await SecureAsync(TlsStart.Immediately, SslProtocols.None);
        await session.AskAsync(MemorySession.Hello);
        Assert.True(ChannelBinding.TryFromServerCertificate(TestCertificates.Second, out var other, out _));
        Assert.StartsWith("535 5.7.8 ", await LogInAsync(session, mechanism, other, TestAccounts.Password), StringComparison.Ordinal);
        Assert.Null(session.Handler.Session!.Authentication);
    }

    // RFC 5802 §6: a client that could bind and says it saw no -PLUS name was shown a forged list.
    [Fact]
    public async Task Auth_ClientThatSawNoPlusName_Fails()
    {
        await using var session = await SecureAsync(TlsStart.Immediately, SslProtocols.None);
        await session.AskAsync(MemorySession.Hello);
        Assert.StartsWith("535 5.7.8 ", await session.AskAsync($"AUTH SCRAM-SHA-256 {TestAccounts.Base64($"y,,n={TestAccounts.User},r=0123456789abcdef")}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "3207#4.2")]
    public async Task StartTls_AfterAuth_ForgetsTheLogin()
    {
        await using var session = await SocketSession.StartAsync(Options(inClear: [SaslMechanisms.Plain]));
        await session.ReadAsync();
        await session.AskAsync(MemorySession.Hello);
        Assert.StartsWith("235 ", await session.AskAsync($"AUTH PLAIN {TestAccounts.Plain()}\r\n"), StringComparison.Ordinal);
        Assert.Equal("ESMTPA", session.Handler.Session!.GetProtocol(Envelope(false)));
        await session.AskAsync("STARTTLS\r\n");
        await session.SecureAsync();
        Assert.Contains("AUTH ", await session.AskAsync(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Null(session.Handler.Session!.Authentication);
        Assert.StartsWith("530 5.7.0 ", await session.AskAsync(MemorySession.Mail), StringComparison.Ordinal);
        Assert.StartsWith("235 ", await session.AskAsync($"AUTH PLAIN {TestAccounts.Plain()}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "3207#4")]
    public async Task StartTls_WithALoginBehindIt_IsRefused()
    {
        await using var session = await SocketSession.StartAsync(Options());
        await session.ReadAsync();
        await session.AskAsync(MemorySession.Hello);
        Assert.StartsWith("503 5.5.1 ", await session.AskAsync($"STARTTLS\r\nAUTH PLAIN {TestAccounts.Plain()}\r\n"), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.ClearTextBehindStartTls, (await session.EndAsync()).Reason);
        Assert.Null(session.Handler.Session!.Authentication);
    }

    [Fact]
    public async Task StartTls_WithinALogin_IsNoCommand()
    {
        await using var session = await SocketSession.StartAsync(Options());
        await session.ReadAsync();
        await session.AskAsync(MemorySession.Hello);
        Assert.StartsWith("334 ", await session.AskAsync("AUTH SCRAM-SHA-256\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("535 5.7.8 ", await session.AskAsync("STARTTLS\r\n"), StringComparison.Ordinal);      // eight letters of base64
        Assert.StartsWith("220 ", await session.AskAsync("STARTTLS\r\n"), StringComparison.Ordinal);
    }

    private static ChannelBinding Binding() =>
        ChannelBinding.TryFromServerCertificate(TestCertificates.First, out var binding, out _) ? binding : throw new InvalidOperationException();

    private static SmtpEnvelope Envelope(bool smtpUtf8) => new SmtpEnvelopeBuilder { SmtpUtf8 = smtpUtf8 }.Build();

    private static async Task<string> LogInAsync(SocketSession session, string mechanism, ChannelBinding? binding, string password)
    {
        using var credentials = new SaslCredentials(TestAccounts.User, password);
        var selector = new SaslClientSelector(new SaslClientOptions { Mechanisms = [mechanism] });
        using var client = Assert.IsType<SaslSelection.Selected>(selector.Select(credentials, [mechanism], new SaslClientChannel(SaslProtection.Verified, binding))).Client;
        var step = await client.StartAsync(TestContext.Current.CancellationToken);
        var reply = await session.AskAsync(step is SaslClientStep.Send initial ? $"AUTH {mechanism} {Convert.ToBase64String(initial.Data.Span)}\r\n" : $"AUTH {mechanism}\r\n");
        while (reply.StartsWith("334 ", StringComparison.Ordinal))
        {
            step = await client.RespondAsync(Convert.FromBase64String(reply[4..].TrimEnd()), TestContext.Current.CancellationToken);
            reply = await session.AskAsync(step is SaslClientStep.Send response ? Convert.ToBase64String(response.Data.Span) + "\r\n" : "*\r\n");
        }
        return reply;
    }

    private SmtpServerOptions Options(string[]? inClear = null)
    {
        var options = MemorySession.Defaults();
        options.Tls = new SmtpServerTls(TestCertificates.First);
        options.Authentication = new SmtpServerAuthentication(_accounts.Factory(inClear ?? [])) { Requirement = AuthenticationRequirement.Required };
        return options;
    }

    private async Task<SocketSession> SecureAsync(TlsStart start, SslProtocols protocol)
    {
        var session = await SocketSession.StartAsync(Options(), start);
        if (start == TlsStart.OnRequest)
        {
            await session.ReadAsync();
            await session.AskAsync(MemorySession.Hello);
            await session.AskAsync("STARTTLS\r\n");
        }
        await session.SecureAsync(protocol);
        if (start == TlsStart.Immediately)
            await session.ReadAsync();
        return session;
    }
}
