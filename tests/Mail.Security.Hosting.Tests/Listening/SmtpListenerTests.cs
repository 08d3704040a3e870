using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

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

    [Fact]
    public async Task Listener_WithALogThatThrows_TakesMailAndStops()
    {
        var options = new SmtpListenerOptions { Server = { HostName = DomainName.Parse("relay.example.org") }, MaxConnections = 1 };
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        using var loggers = new BrokenLogger<SmtpListener>();
        await using var listener = new SmtpListener(options, new MailIntake(_store, new MailIntakeOptions { HostName = options.Server.HostName }), loggers: loggers);
        await listener.StartAsync(Token);
        await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await client.ExpectAsync("220");
        await using (var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token))
            await second.ExpectAsync("421");
        Assert.StartsWith("250", await client.SayAsync("EHLO c.example"), StringComparison.Ordinal);
        await listener.StopAsync(Token);
        Assert.StartsWith("421", await client.ExpectAsync("421"), StringComparison.Ordinal);
    }

    // Whatever starts the listener is over long before the sessions are: they are no part of it.
    [Theory]
    [InlineData(SessionScheduling.ThreadPool)]
    [InlineData(SessionScheduling.Inline)]
    public async Task Session_OfAListenerStartedWithinAnActivity_IsATraceOfItsOwn(SessionScheduling scheduling)
    {
        var sessions = new ConcurrentQueue<Activity>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SmtpServerMetrics.MeterName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = sessions.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        using var starting = new Activity("start of the host").Start();
        int port;
        await using (var listener = await StartAsync(options => options.Scheduling = scheduling))
        {
            port = ((IPEndPoint)listener.EndPoints[0]).Port;
            await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
            await client.ExpectAsync("220");
            Assert.StartsWith("221", await client.SayAsync("QUIT"), StringComparison.Ordinal);
        }
        var session = Assert.Single(sessions, activity => Equals(activity.GetTagItem("network.local.port"), port));
        Assert.Equal(default, session.ParentSpanId);
        Assert.NotEqual(starting.TraceId, session.TraceId);
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public async Task Login_ByTheLongestResponse_IsRead()
    {
        await using var listener = await StartAsync(options => options.Server.Authentication = new SmtpServerAuthentication(new SaslServerFactory(new Nobody())));
        await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await client.ExpectAsync("220");
        Assert.Contains("AUTH SCRAM-SHA-256", await client.SayAsync("EHLO c.example"), StringComparison.Ordinal);
        Assert.Equal("334 ", await client.SayAsync("AUTH SCRAM-SHA-256"));
        Assert.StartsWith("535 5.7.8", await client.SayAsync(new string('A', 12_288)), StringComparison.Ordinal);
        Assert.Equal("334 ", await client.SayAsync("AUTH SCRAM-SHA-256"));
        Assert.StartsWith("500 5.5.6", await client.SayAsync(new string('A', 12_292)), StringComparison.Ordinal);
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
    public async Task Connect_BehindAProxy_CountsTheClientsItTellsOf()
    {
        await using var listener = await StartAsync(options =>
        {
            options.MaxConnectionsPerAddress = 1;
            options.Server.ProxyProtocolSources = [IPNetwork.Parse("127.0.0.0/8")];
        });
        await using var first = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await using var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await using var third = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);

        Assert.StartsWith("220 ", await first.SayAsync("PROXY TCP4 192.0.2.1 192.0.2.25 4001 25"), StringComparison.Ordinal);
        Assert.StartsWith("220 ", await second.SayAsync("PROXY TCP4 192.0.2.2 192.0.2.25 4001 25"), StringComparison.Ordinal);
        Assert.Equal("421 relay.example.org Too many connections from your address, try again later", await third.SayAsync("PROXY TCP6 ::ffff:192.0.2.1 ::1 4002 25"));
        Assert.True(await third.IsClosedAsync());

        await first.SayAsync("QUIT");
        Assert.True(await first.IsClosedAsync());
        await AdmittedAgainAsync(listener.EndPoints[0], "PROXY TCP4 192.0.2.1 192.0.2.25 4003 25");
    }

    [Fact]
    public async Task Xclient_NamesAnotherClient_CountsThatOneInstead()
    {
        await using var listener = await StartAsync(options =>
        {
            options.MaxConnectionsPerAddress = 1;
            options.Server.XclientSources = [IPNetwork.Parse("127.0.0.0/8")];
        });
        await using var first = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await using var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        foreach (var client in (SmtpTalk[])[first, second])
        {
            await client.ExpectAsync("220");
            await client.SayAsync("EHLO proxy.example");
        }

        Assert.StartsWith("220 ", await first.SayAsync("XCLIENT ADDR=192.0.2.1"), StringComparison.Ordinal);
        Assert.StartsWith("220 ", await second.SayAsync("XCLIENT ADDR=192.0.2.2"), StringComparison.Ordinal);
        await second.SayAsync("EHLO proxy.example");
        Assert.Equal("421 relay.example.org Too many connections from your address, try again later", await second.SayAsync("XCLIENT ADDR=192.0.2.1"));
        Assert.True(await second.IsClosedAsync());
    }

    // Every session may fail once; the fourth finds its client's address known, by whatever way it comes. The store is asked no more.
    [Fact]
    [Trait("rfc", "4954#6")]
    public async Task Login_OfAClientWhoseLoginsFailedTooOften_IsTurnedAwayInEverySession()
    {
        var accounts = new Nobody();
        await using var listener = await StartAsync(options =>
        {
            options.MaxFailedLoginsPerAddress = 3;
            (options.Server.ProxyProtocolSources, options.Server.XclientSources) = ([IPNetwork.Parse("127.0.0.0/8")], [IPNetwork.Parse("198.51.100.0/24")]);
            options.Server.Authentication = new SmtpServerAuthentication(new SaslServerFactory(accounts, new SaslServerOptions { Iterations = 4096, OfferedInClear = [SaslMechanisms.Plain] }));
        });
        foreach (var reply in (string[])["535 5.7.8", "535 5.7.8", "535 5.7.8", "454 4.7.0 Too many failed logins under this name from your address, try again later"])
        {
            await using var client = await MeetAsync("192.0.2.1");
            Assert.StartsWith(reply, await client.SayAsync(Login), StringComparison.Ordinal);
        }
        Assert.Equal(3, accounts.Asked);

        await using var other = await MeetAsync("192.0.2.2");
        Assert.StartsWith("535 5.7.8", await other.SayAsync(Login), StringComparison.Ordinal);
        await using var proxy = await MeetAsync("198.51.100.1");
        Assert.StartsWith("220", await proxy.SayAsync("XCLIENT ADDR=192.0.2.1"), StringComparison.Ordinal);
        await proxy.SayAsync("EHLO client.example");
        Assert.StartsWith("454 4.7.0", await proxy.SayAsync(Login), StringComparison.Ordinal);
        Assert.Equal(4, accounts.Asked);

        async Task<SmtpTalk> MeetAsync(string address)
        {
            var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
            Assert.StartsWith("220", await client.SayAsync($"PROXY TCP4 {address} 192.0.2.25 4001 25"), StringComparison.Ordinal);
            await client.SayAsync("EHLO client.example");
            return client;
        }
    }

    [Fact]
    public async Task Connect_MailDataNearlyFull_Is421AndMailIs452()
    {
        var intake = Intake();
        var options = Options();
        options.MailData = intake.MailData;
        await using var listener = new SmtpListener(options, intake);
        await listener.StartAsync(Token);
        await using var early = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await early.ExpectAsync("220");
        await early.SayAsync("EHLO client.example");

        intake.MailData!.Take(900L << 20);      // of 1 GiB

        await using var late = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await late.ExpectAsync("421 relay.example.org Too much mail is being taken in");
        Assert.StartsWith("452 4.3.1", await early.SayAsync("MAIL FROM:<a@example.net>"), StringComparison.Ordinal);
        intake.MailData.Release(900L << 20);
        foreach (var (line, reply) in Transaction.Skip(1))
            Assert.StartsWith(reply, await early.SayAsync(line), StringComparison.Ordinal);
        Assert.Equal(0, intake.MailData.Held);
    }

    [Fact]
    public async Task SlowClients_OfOneAddress_KeepNobodyElseOut()
    {
        var time = new FakeTimeProvider();
        await using var listener = await StartAsync(
            options =>
            {
                (options.MaxConnections, options.MaxConnectionsPerAddress) = (4, 2);
                options.Server.ProxyProtocolSources = [IPNetwork.Parse("127.0.0.0/8")];
            }, time);
        var slow = new List<SmtpTalk>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            slow.Add(await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token));
            Assert.StartsWith(slow.Count < 3 ? "220" : "421", await slow[^1].SayAsync("PROXY TCP4 192.0.2.1 192.0.2.25 4001 25"), StringComparison.Ordinal);
        }
        await using (var other = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token))
            Assert.StartsWith("220", await other.SayAsync("PROXY TCP4 192.0.2.9 192.0.2.25 4001 25"), StringComparison.Ordinal);

        // And what they have they keep for as long as one wait may last. A session may begin its wait after it was told the time, so it is told again.
        var ends = Task.WhenAll(slow.Take(2).Select(client => client.ExpectAsync("421 4.4.2")));
        do
            time.Advance(TimeSpan.FromMinutes(5));
        while (await Task.WhenAny(ends, Task.Delay(20, Token)) != ends);
        await ends;
        foreach (var client in slow)
            await client.DisposeAsync();
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
    public async Task Connect_ByIPv4ToTheIPv6Wildcard_IsServed()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        await using var listener = await StartAsync(options => options.Endpoints[0] = new(new IPEndPoint(IPAddress.IPv6Any, 0)));

        await using var client = await SmtpTalk.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)listener.EndPoints[0]).Port), Token);

        await client.ExpectAsync("220");
    }

    [Fact]
    public async Task Session_QuietBetweenTwoSweeps_GoesOn()
    {
        var time = new FakeTimeProvider();
        await using var listener = new SmtpListener(Options(), Intake(), time);
        await listener.StartAsync(Token);
        await using var client = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await client.ExpectAsync("220");
        for (var round = 0; round < 30; round++)
        {
            Assert.StartsWith("250", await client.SayAsync("NOOP"), StringComparison.Ordinal);
            if (round % 6 == 5)
                time.Advance(TimeSpan.FromSeconds(3));
        }
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

    // What goes wrong with one connection closes it, and the next one is served.
    [Theory]
    [InlineData(typeof(InvalidOperationException), true)]
    [InlineData(typeof(ObjectDisposedException), true)]
    [InlineData(typeof(OutOfMemoryException), true)]
    [InlineData(typeof(SocketException), false)]
    public async Task Accept_ConnectionThatCannotBeBegun_IsClosedAndTheNextIsServed(Type fault, bool isLogged)
    {
        var log = new LineLogger();
        using var loggers = new OneLogger(log);
        var attempts = 0;
        await using var listener = new SmtpListener(Options(), Intake(), (_, socket) => ++attempts == 1
            ? throw (Exception)(fault == typeof(ObjectDisposedException) ? new ObjectDisposedException("socket") : Activator.CreateInstance(fault)!)
            : new SocketDuplexPipe(socket, SessionScheduling.ThreadPool, ArrayPool<byte>.Shared), loggers: loggers);
        await listener.StartAsync(Token);

        await using (var unlucky = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token))
            Assert.True(await unlucky.IsClosedAsync());
        await using var next = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await next.ExpectAsync("220");

        Assert.Equal(isLogged ? [$"A connection to {listener.EndPoints[0]} was accepted and could not be served; it is closed"] : [], log.Of(1815));
    }

    [Fact]
    public async Task Close_ThatFails_IsLoggedAndIsTheEndOfThatConnectionOnly()
    {
        var log = new LineLogger();
        using var loggers = new OneLogger(log);
        var options = Options();
        options.MaxConnections = 1;
        var attempts = 0;
        await using var listener = new SmtpListener(options, Intake(), (_, socket) =>
        {
            if (++attempts == 2)        // something unread, for which an array is rented at the end
                SpinWait.SpinUntil(() => socket.Available > 0, TimeSpan.FromSeconds(30));
            return new SocketDuplexPipe(socket, SessionScheduling.ThreadPool, new SmallArrays());
        }, loggers: loggers);
        await listener.StartAsync(Token);
        await using var first = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await first.ExpectAsync("220");

        await using var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        Assert.StartsWith("421", await second.SayAsync("NOOP"), StringComparison.Ordinal);
        await second.IsClosedAsync();
        while (log.Of(1804).Count == 0)
            await Task.Delay(10, Token);

        Assert.StartsWith("250", await first.SayAsync("NOOP"), StringComparison.Ordinal);
        await listener.StopAsync(Token);
        Assert.Single(log.Of(1804));
    }

    // A mail proxy's own address, which it names, is that of a client.
    [Fact]
    public async Task Xclient_NamesAnAddressThatMaySayXclientItself_IsCounted()
    {
        await using var listener = await StartAsync(options =>
        {
            options.MaxConnectionsPerAddress = 1;
            options.Server.XclientSources = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("192.0.2.0/24")];
        });
        await using var first = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        await using var second = await SmtpTalk.ConnectAsync(listener.EndPoints[0], Token);
        foreach (var client in (SmtpTalk[])[first, second])
        {
            await client.ExpectAsync("220");
            await client.SayAsync("EHLO proxy.example");
        }

        Assert.StartsWith("220 ", await first.SayAsync("XCLIENT ADDR=192.0.2.1"), StringComparison.Ordinal);
        Assert.StartsWith("421 ", await second.SayAsync("XCLIENT ADDR=192.0.2.1"), StringComparison.Ordinal);
    }

    private sealed class SmallArrays : ArrayPool<byte>
    {
        public override byte[] Rent(int minimumLength) => minimumLength < 16 * 1024 ? Shared.Rent(minimumLength) : throw new InvalidOperationException("There is no such array.");

        public override void Return(byte[] array, bool clearArray = false) => Shared.Return(array, clearArray);
    }

    private static string Login => $"AUTH PLAIN {Convert.ToBase64String("\0ann\0secret"u8)}";

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

    private async Task<SmtpListener> StartAsync(Action<SmtpListenerOptions>? configure = null, TimeProvider? time = null)
    {
        var options = Options();
        configure?.Invoke(options);
        var listener = new SmtpListener(options, Intake(), time);
        await listener.StartAsync(Token);
        return listener;
    }

    // The place is given back when the session's task is over, which the client cannot see: it asks until it is let in.
    private static async Task AdmittedAgainAsync(EndPoint end, string? header = null)
    {
        while (true)
        {
            await using var client = await SmtpTalk.ConnectAsync(end, Token);
            if ((header is null ? await client.ExpectAsync("") : await client.SayAsync(header)).StartsWith("220", StringComparison.Ordinal))
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

    private sealed class OneLogger(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class Nobody : ISaslCredentialStore
    {
        private int _asked;

        public int Asked => _asked;

        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return ValueTask.FromResult<SaslLookup<ScramCredential>>(new SaslLookup<ScramCredential>.NotFound());
        }
    }
}
