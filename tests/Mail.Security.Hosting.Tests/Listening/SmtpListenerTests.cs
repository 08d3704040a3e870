using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class SmtpListenerTests
{
    private readonly RecordingStore _store = new();
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SessionScheduling.ThreadPool)]
    [InlineData(SessionScheduling.Inline)]
    public async Task Session_OnEveryEndpoint_TakesMail(SessionScheduling scheduling)
    {
        await using var listener = await StartAsync(options =>
        {
            options.Scheduling = scheduling;
            options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        });

        Assert.Equal(2, listener.EndPoints.Count);
        foreach (var end in listener.EndPoints)
        {
            await using var client = await SmtpTalk.ConnectAsync(end, Token);
            await client.ExpectAsync("220");
            foreach (var (line, reply) in Transaction)
                Assert.StartsWith(reply, await client.SayAsync(line), StringComparison.Ordinal);
            Assert.StartsWith("221", await client.SayAsync("QUIT"), StringComparison.Ordinal);
        }
        Assert.Equal(2, _store.Added.Count);
    }

    [Theory]
    [InlineData(SessionScheduling.ThreadPool)]
    [InlineData(SessionScheduling.Inline)]
    public async Task Handler_ThatBlocksItsThread_HoldsUpNoOtherSession(SessionScheduling scheduling)
    {
        using var handler = new BlockingHandler();
        var options = new SmtpListenerOptions { Server = { HostName = DomainName.Parse("relay.example.org") }, Scheduling = scheduling };
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        await using var listener = new SmtpListener(options, handler);
        await listener.StartAsync(Token);

        await using var slow = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await using var quick = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await slow.ExpectAsync("220");
        await quick.ExpectAsync("220");
        var blocked = slow.SayAsync("EHLO slow.example");
        await handler.Blocked.Task.WaitAsync(Token);
        for (var round = 0; round < 20; round++)
            Assert.StartsWith("250", await quick.SayAsync("NOOP"), StringComparison.Ordinal);
        handler.Release.Set();
        Assert.StartsWith("250", await blocked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 10, "Too many connections,")]
    [InlineData(10, 1, "Too many connections from your address,")]
    [Trait("rfc", "5321#4.2.1")]
    public async Task Connect_BeyondALimit_Is421UntilAPlaceIsFree(int max, int maxPerAddress, string reason)
    {
        await using var listener = await StartAsync(options => (options.MaxConnections, options.MaxConnectionsPerAddress) = (max, maxPerAddress));
        var first = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await first.ExpectAsync("220");

        await using (var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token))
        {
            Assert.Equal($"421 relay.example.org {reason} try again later", await second.ExpectAsync("421"));
            Assert.True(await second.IsClosedAsync());
        }
        await first.SayAsync("QUIT");
        Assert.True(await first.IsClosedAsync());
        await first.DisposeAsync();
        await AdmittedAgainAsync(listener.EndPoints[0]);
    }

    [Fact]
    [Trait("rfc", "8314#3.3")]
    public async Task Connect_ImplicitTls_GreetsInsideTls()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        using var certificate = authority.Issue("relay.example.org");
        await using var listener = await StartAsync(options =>
        {
            options.Server.Tls = new SmtpServerTls(certificate);
            options.Endpoints[0] = options.Endpoints[0] with { TlsStart = TlsStart.Immediately };
        });

        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.EndPoints[0], Token);
        await using var tls = new SslStream(socket.GetStream(), false, (_, seen, _, _) => seen?.GetCertHashString() == certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "relay.example.org" }, Token);
        await using var client = new SmtpTalk(tls, Token);

        await client.ExpectAsync("220");
        Assert.Contains("250-SIZE", await client.SayAsync("EHLO client.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_IdleSession_IsTold421AndNobodyIsGreetedAnyMore()
    {
        await using var listener = await StartAsync();
        var end = listener.EndPoints[0];
        await using var client = await SmtpTalk.ConnectAsync(end, Token);
        await client.ExpectAsync("220");

        await listener.StopAsync(Token);

        await client.ExpectAsync("421 4.3.2");
        await Assert.ThrowsAsync<SocketException>(() => SmtpTalk.ConnectAsync(end, Token));
    }

    [Fact]
    public async Task Stop_InTheMiddleOfAMessage_LetsItEnd()
    {
        await using var listener = await StartAsync();
        await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await client.ExpectAsync("220");
        foreach (var (line, _) in Transaction.SkipLast(1))
            await client.SayAsync(line);

        var stopping = listener.StopAsync(Token);
        Assert.StartsWith("250 2.0.0 queued", await client.SayAsync(Transaction[^1].Line), StringComparison.Ordinal);
        await client.ExpectAsync("421 4.3.2");
        await stopping;

        Assert.Single(_store.Added);
    }

    [Fact]
    public async Task Stop_PatienceOver_BreaksSessionsOff()
    {
        await using var listener = await StartAsync();
        await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await client.ExpectAsync("220");
        foreach (var (line, _) in Transaction.SkipLast(1))
            await client.SayAsync(line);

        using var patience = new CancellationTokenSource();
        var stopping = listener.StopAsync(patience.Token);
        await patience.CancelAsync();
        await stopping;

        Assert.True(await client.IsClosedAsync());
        Assert.Empty(_store.Added);
    }

    [Fact]
    public async Task Start_AddressInUse_SaysWhichAndOpensNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var options = Options();
        options.Endpoints.Add(new((IPEndPoint)taken.LocalEndpoint));
        await using var listener = new SmtpListener(options, Intake());

        var fault = await Assert.ThrowsAsync<IOException>(() => listener.StartAsync(Token));

        Assert.Contains($"Cannot listen for SMTP on {taken.LocalEndpoint}", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => SmtpTalk.ConnectAsync(listener.EndPoints[0], Token));
    }

    private static readonly (string Line, string Reply)[] Transaction =
    [
        ("EHLO client.example", "250-relay.example.org"), ("MAIL FROM:<a@example.net>", "250 2.1.0"), ("RCPT TO:<b@example.com>", "250 2.1.5"),
        ("DATA", "354"), ("Subject: x\r\n\r\nbody\r\n.", "250 2.0.0 queued"),
    ];

    private static SmtpListenerOptions Options()
    {
        var options = new SmtpListenerOptions { Server = { HostName = DomainName.Parse("relay.example.org") } };
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        return options;
    }

    private MailIntake Intake() => new(_store, new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org") });

    private async Task<SmtpListener> StartAsync(Action<SmtpListenerOptions>? configure = null)
    {
        var options = Options();
        configure?.Invoke(options);
        var listener = new SmtpListener(options, Intake());
        await listener.StartAsync(Token);
        return listener;
    }

    // The place is given back when the session's task is over, which the client cannot see: it asks until it is let in.
    private static async Task AdmittedAgainAsync(EndPoint end)
    {
        while (true)
        {
            await using var client = await SmtpTalk.ConnectAsync(end, Token);
            if ((await client.ExpectAsync("")).StartsWith("220", StringComparison.Ordinal))
                return;
        }
    }

    /// <summary>Holds its thread, as a handler should not, when one client greets.</summary>
    private sealed class BlockingHandler : SmtpHandler, IDisposable
    {
        public TaskCompletionSource Blocked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public override ValueTask<SmtpRefusal?> OnHelloAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
        {
            Blocked.TrySetResult();
            Release.Wait(cancellationToken);
            return default;
        }

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) =>
            new(new SmtpRefusal(450, new(4, 2, 1), "busy"));

        public void Dispose() => Release.Dispose();
    }
}
