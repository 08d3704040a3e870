using System.Net;
using System.Net.Sockets;
using Mail.Security.Sasl;
using Mail.Security.SmtpServer.Tests.Harness;
using MailKit.Security;
using MimeKit;
using SmtpClient = MailKit.Net.Smtp.SmtpClient;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>A client that is not ours logs in over TLS and sends a message.</summary>
public sealed class MailKitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestAccounts _accounts = new();

    public static TheoryData<string> Mechanisms =>
    [
        SaslMechanisms.Plain, SaslMechanisms.Login, SaslMechanisms.CramMd5, SaslMechanisms.ScramSha1, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha512,
        SaslMechanisms.ScramSha1Plus, SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha512Plus,
    ];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    [Trait("rfc", "4954#4")]
    public async Task Authenticate_RightPassword_SendsAMessage(string mechanism)
    {
        await using var server = new Server(_accounts);
        using var client = await server.ConnectAsync();
        Assert.Contains(mechanism, client.AuthenticationMechanisms);
        var login = Mechanism(mechanism, TestAccounts.Password);
        await client.AuthenticateAsync(login, TestContext.Current.CancellationToken);
        await client.SendAsync(new MimeMessage([MailboxAddress.Parse("ann@a.example")], [MailboxAddress.Parse("bob@b.example")], "x", new TextPart("plain") { Text = "text" }), TestContext.Current.CancellationToken);
        await client.DisconnectAsync(quit: true, TestContext.Current.CancellationToken);
        var end = await server.Session.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(new SessionEnd(SessionEndReason.Quit, 1, ""), end);
        Assert.Equal(new SmtpAuthentication(TestAccounts.User, TestAccounts.User, mechanism), server.Handler.Session!.Authentication);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    [Trait("rfc", "4954#6")]
    public async Task Authenticate_WrongPassword_IsToldSo(string mechanism)
    {
        await using var server = new Server(_accounts);
        using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Mechanism(mechanism, "wrong"), TestContext.Current.CancellationToken));
        await client.AuthenticateAsync(Mechanism(mechanism, TestAccounts.Password), TestContext.Current.CancellationToken);
        await client.DisconnectAsync(quit: true, TestContext.Current.CancellationToken);
    }

    private static SaslMechanism Mechanism(string mechanism, string password) => mechanism switch
    {
        SaslMechanisms.Plain => new SaslMechanismPlain(TestAccounts.User, password),
        SaslMechanisms.Login => new SaslMechanismLogin(TestAccounts.User, password),
        SaslMechanisms.CramMd5 => new SaslMechanismCramMd5(TestAccounts.User, password),
        SaslMechanisms.ScramSha1 => new SaslMechanismScramSha1(TestAccounts.User, password),
        SaslMechanisms.ScramSha256 => new SaslMechanismScramSha256(TestAccounts.User, password),
        SaslMechanisms.ScramSha512 => new SaslMechanismScramSha512(TestAccounts.User, password),
        SaslMechanisms.ScramSha1Plus => new SaslMechanismScramSha1Plus(TestAccounts.User, password),
        SaslMechanisms.ScramSha256Plus => new SaslMechanismScramSha256Plus(TestAccounts.User, password),
        _ => new SaslMechanismScramSha512Plus(TestAccounts.User, password),
    };

    /// <summary>One session with implicit TLS, in which a login is required.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Server(TestAccounts accounts)
        {
            _listener.Start();
            var options = MemorySession.Defaults();
            options.Tls = new SmtpServerTls(TestCertificates.First);
            options.Authentication = new SmtpServerAuthentication(accounts.Factory()) { Requirement = AuthenticationRequirement.Required };
            Session = ServeAsync(options);
        }

        public RecordingHandler Handler { get; } = new();

        public Task<SessionEnd> Session { get; }

        public async Task<SmtpClient> ConnectAsync()
        {
            var client = new SmtpClient { ServerCertificateValidationCallback = static (_, certificate, _, _) => TestCertificates.First.Equals(certificate), CheckCertificateRevocation = false };
            await client.ConnectAsync("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await Session.WaitAsync(Patience);
            _listener.Dispose();
        }

        private async Task<SessionEnd> ServeAsync(SmtpServerOptions options)
        {
            var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            return await SmtpServerSession.FromSocket(socket, options, Handler, TlsStart.Immediately).RunAsync(TestContext.Current.CancellationToken);
        }
    }
}
