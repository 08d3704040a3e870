using System.Net;
using System.Reflection;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

/// <summary>Every line that sessions log, with its level and its text. The lines of the protocol log have tests of their own.</summary>
public sealed class ServerLogTests
{
    private const string Transaction = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data;

    public static TheoryData<int, string, string, string> Dialogues => new()
    {
        { 1400, "Debug", "", "SMTP session ID from 192.0.2.7:4711 started" },
        { 1401, "Information", "QUIT\r\n", "SMTP session ID from 192.0.2.7:4711 ended: Quit, 0 messages accepted. " },
        { 1405, "Debug", "EXPN list\r\n", "SMTP session ID: Expn refused: 502 5.5.1 Command not implemented" },
        { 1405, "Debug", "HELO \u00e4\r\n", "SMTP session ID: Helo refused: 500 5.5.2 8-bit character in command" },
        { 1406, "Information", MemorySession.Hello + Transaction + "text\r\n.\r\n", "SMTP session ID: message of 6 bytes for 1 recipients accepted: 2.0.0 stored" },
        { 1407, "Information", MemorySession.Hello + Transaction + "te\nxt\r\n.\r\n", "SMTP session ID: message of 7 bytes for 1 recipients refused: 550 5.5.2 Message refused: bare CR or LF in it" },
        { 1408, "Information", MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + "BDAT 4\r\ntextRSET\r\n", "SMTP session ID: message broken off after 4 bytes" },
        { 1411, "Debug", "XCLIENT ADDR=198.51.100.9 LOGIN=secret\r\n", "SMTP session ID: 192.0.2.7:4711 passes on the session of 198.51.100.9:0" },
        { 1412, "Information", "X\r\nX\r\nX\r\n", "SMTP session ID from 192.0.2.7:4711 is closed at a limit: Too many errors, closing the connection" },
    };

    [Theory]
    [MemberData(nameof(Dialogues))]
    public void Session_Dialogue_IsLogged(int id, string level, string said, string expected)
    {
        var log = new ListLogger();
        using var session = new MemorySession(options => (options.XclientSources, options.MaxErrors) = ([IPNetwork.Parse("192.0.2.0/24")], 2), logger: log);
        session.Send(said);
        session.Abort();
        AssertLine(log, session, id, level, expected.Replace("2.0.0 stored", "stored", StringComparison.Ordinal));
    }

    public static TheoryData<int, string, string, string> Logins => new()
    {
        { 1415, "Information", TestAccounts.Plain(), "SMTP session ID from 192.0.2.7:4711: ann@a.example logged in as ann@a.example by PLAIN" },
        { 1416, "Information", TestAccounts.Plain("wrong"), "SMTP session ID from 192.0.2.7:4711: login by PLAIN failed: InvalidCredentials" },
    };

    [Theory]
    [MemberData(nameof(Logins))]
    public void Login_IsLogged(int id, string level, string response, string expected)
    {
        var log = new ListLogger();
        using var session = new MemorySession(new TestAccounts().Everywhere(), logger: log);
        session.Send(MemorySession.Hello + "AUTH PLAIN " + response + "\r\n");
        AssertLine(log, session, id, level, expected);
    }

    [Fact]
    public void Login_StoreDoesNotAnswer_IsLogged()
    {
        var log = new ListLogger();
        var accounts = new TestAccounts { Interfere = static token => new(Task.Delay(Timeout.Infinite, token)) };
        using var session = new MemorySession(accounts.Everywhere(), logger: log);
        session.Send(MemorySession.Hello + "AUTH PLAIN " + TestAccounts.Plain() + "\r\n");
        session.Advance(TimeSpan.FromSeconds(30));
        AssertLine(log, session, 1417, "Error", "SMTP session ID: the store behind PLAIN did not answer in time");
    }

    public static TheoryData<int, string, Hook, string> Handlers => new()
    {
        { 1409, "Error", Hook.Recipient, "SMTP session ID: SmtpHandler.OnRecipientAsync threw" },
        { 1409, "Error", Hook.Write, "SMTP session ID: MessageSink.WriteAsync threw" },
        { 1409, "Error", Hook.Dispose, "SMTP session ID: MessageSink.DisposeAsync threw" },
    };

    [Theory]
    [MemberData(nameof(Handlers))]
    public void Handler_Throws_IsLoggedWithTheException(int id, string level, Hook hook, string expected)
    {
        var log = new ListLogger();
        using var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.ThrowIn(hook) }, logger: log);
        session.Send(MemorySession.Hello + Transaction + "text\r\n.\r\n");
        AssertLine(log, session, id, level, expected);
        Assert.IsType<InvalidOperationException>(log.Single(id).Exception);
    }

    [Theory]
    [InlineData(Hook.Mail, "SmtpHandler.OnMailAsync")]
    [InlineData(Hook.Complete, "MessageSink.CompleteAsync")]
    public void Handler_TakesTooLong_IsLogged(Hook hook, string call)
    {
        var log = new ListLogger();
        using var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.WaitIn(hook) }, logger: log);
        session.Send(MemorySession.Hello + Transaction + "text\r\n.\r\n");
        session.Advance(TimeSpan.FromMinutes(5));
        AssertLine(log, session, 1414, "Warning", $"SMTP session ID: {call} took longer than 00:05:00");
        AssertLine(log, session, 1412, "Information", "SMTP session ID from 192.0.2.7:4711 is closed at a limit: Local processing took too long, closing the connection");
    }

    [Fact]
    public void Client_NotServed_IsLogged()
    {
        var log = new ListLogger();
        using var session = new MemorySession(handler: new RecordingHandler { Refuse = hook => hook == Hook.Connect ? new SmtpRefusal(554, new(5, 7, 1), "not you") : null }, logger: log);
        AssertLine(log, session, 1413, "Debug", "SMTP session ID from 192.0.2.7:4711: not served: 554 not you");
    }

    [Fact]
    public void Client_IsSilent_IsLoggedAsALimit()
    {
        var log = new ListLogger();
        using var session = new MemorySession(logger: log);
        session.Advance(TimeSpan.FromMinutes(5));
        AssertLine(log, session, 1412, "Information", "SMTP session ID from 192.0.2.7:4711 is closed at a limit: Timeout, closing the connection");
        AssertLine(log, session, 1401, "Information", "SMTP session ID from 192.0.2.7:4711 ended: Timeout, 0 messages accepted. Timeout, closing the connection");
    }

    [Fact]
    public void Proxy_WithoutHeader_IsLogged()
    {
        var log = new ListLogger();
        using var session = new MemorySession(options => options.ProxyProtocolSources = [IPNetwork.Parse("192.0.2.7/32")], logger: log);
        session.Send("EHLO secret\r\n");
        AssertLine(log, session, 1410, "Warning", "SMTP session ID: 192.0.2.7:4711 must send a PROXY header: it is no such header; closed");
    }

    [Fact]
    public void Handler_AnswersVrfyWithARefusal_IsLogged()
    {
        var log = new ListLogger();
        using var session = new MemorySession(otherHandler: new Refusing(), logger: log);
        session.Send("VRFY ann\r\n");
        AssertLine(log, session, 1405, "Debug", "SMTP session ID: Vrfy refused: 550 5.7.1 not told");
    }

    [Fact]
    public async Task StartTls_Handshake_IsLogged()
    {
        var log = new ListLogger();
        await using (var session = await StartTlsAsync(log, "STARTTLS\r\n"))
        {
            await session.SecureAsync();
            await session.AskAsync("QUIT\r\n");
            await session.EndAsync();
        }
        var line = log.Single(1402);
        Assert.Equal(LogLevel.Debug, line.Level);
        Assert.Matches("^SMTP session [0-9a-f]{16} under TLS1\\.3 TLS_[A-Z0-9_]+$", line.Text);
    }

    [Fact]
    public async Task StartTls_HandshakeFails_IsLoggedWithTheReason()
    {
        var log = new ListLogger();
        await using (var session = await StartTlsAsync(log, "STARTTLS\r\n"))
        {
            await session.SendAsync("this is no handshake, and secret\r\n");
            await session.ReadToEndAsync();
            await session.EndAsync();
        }
        var line = log.Single(1403);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Matches("^TLS handshake of SMTP session [0-9a-f]{16} failed \\(NotTls\\): AuthenticationException: .+", line.Text);
        Assert.DoesNotContain("secret", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartTls_WithCommandsBehindIt_IsLogged()
    {
        var log = new ListLogger();
        await using (var session = await StartTlsAsync(log, "STARTTLS\r\nEHLO secret\r\n"))
            await session.EndAsync();
        var line = log.Single(1404);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Matches("^SMTP session [0-9a-f]{16} from \\S*127\\.0\\.0\\.1\\S*:[0-9]+ sent commands in clear behind STARTTLS; closed$", line.Text);
    }

    // Whatever a client says, its words are not in the log of a session that the protocol log does not cover.
    [Fact]
    public void Session_WithSecrets_LogsNone()
    {
        var log = new ListLogger();
        using var session = new MemorySession(options => (options.XclientSources, options.ProtocolLog) = ([IPNetwork.Parse("192.0.2.7/32")], new SmtpProtocolLog(log)), logger: log);
        session.Send("AUTH PLAIN c2VjcmV0\r\nc2VjcmV0\r\nXCLIENT LOGIN=c2VjcmV0\r\nEHLO c.example\r\n" + Transaction + "c2VjcmV0\nc2VjcmV0\r\n.\r\nVRFY c2VjcmV0\r\nQUIT\r\n");
        Assert.Contains(log.Lines, line => line.Id == 1407);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("c2VjcmV0", StringComparison.Ordinal));
    }

    [Fact]
    public void Ids_OfThePackage_AreAllTested()
    {
        var declared = typeof(ServerLog).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId).OfType<int>();
        Assert.Equal([1400, 1401, 1402, 1403, 1404, 1405, 1406, 1407, 1408, 1409, 1410, 1411, 1412, 1413, 1414, 1415, 1416, 1417, 1420, 1421], declared.Order());
    }

    private static void AssertLine(ListLogger log, MemorySession session, int id, string level, string expected)
    {
        var line = log.Lines.First(line => line.Id == id);
        Assert.Equal((level, expected), (line.Level.ToString(), line.Text.Replace(session.Info.Id, "ID", StringComparison.Ordinal)));
    }

    private static async Task<SocketSession> StartTlsAsync(ILogger log, string command)
    {
        var options = MemorySession.Defaults();
        options.Tls = new SmtpServerTls(TestCertificates.First);
        var session = await SocketSession.StartAsync(options, logger: log);
        await session.ReadAsync();
        await session.AskAsync(MemorySession.Hello);
        await session.AskAsync(command);
        return session;
    }

    private sealed class Refusing : SmtpHandler
    {
        public override ValueTask<SmtpReply?> OnVerifyAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) =>
            new(new SmtpReply(550, new EnhancedStatus(5, 7, 1), ["not told"]));

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
