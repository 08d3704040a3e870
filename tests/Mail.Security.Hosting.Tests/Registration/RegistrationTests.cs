using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Mail.Security.Hosting.Tests.Registration;

public sealed class RegistrationTests
{
    private static readonly DomainName Name = DomainName.Parse("relay.example.org");
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_WithEverything_TakesMailAndStops()
    {
        var store = new RecordingStore();
        using var host = Build(services => All(services.AddSingleton<IMailQueueStore>(store)));
        await host.StartAsync(Token);

        await using (var client = await SmtpTalk.ConnectAsync(host.Services.GetRequiredService<SmtpListener>().EndPoints[0], Token))
        {
            await client.ExpectAsync("220 relay.example.org");
            foreach (var line in new[] { "EHLO c.example", "MAIL FROM:<>", "RCPT TO:<a@example.com>", "DATA" })
                await client.SayAsync(line);
            Assert.StartsWith("250 2.0.0 queued as 1", await client.SayAsync("Subject: x\r\n\r\n."), StringComparison.Ordinal);
        }
        await host.StopAsync(Token);

        Assert.Single(store.Added);
        var request = new SmtpPoolRequest { Host = Name, Port = 25, Addresses = [IPAddress.Loopback], Dialer = new TcpDialer(), Settings = new SmtpSessionSettings { HelloName = Name, Tls = TlsUse.None } };
        Assert.Equal(SmtpPoolLimit.Closed, Assert.IsType<SmtpPoolTurn.Refused>(await host.Services.GetRequiredService<SmtpSessionPool>().EnterAsync(request, Token)).Limit);
    }

    [Fact]
    public void Options_OfDelivery_TakeTheHostNameWhereNoOtherIsGiven()
    {
        using var host = Build(services => services.AddMailDelivery(options =>
        {
            options.HostName = Name;
            options.Queue.ReportingHost = DomainName.Parse("mail.example.org");
        }));
        var options = host.Services.GetRequiredService<IOptions<MailDeliveryOptions>>().Value;

        Assert.Equal(("relay.example.org", "mail.example.org"), (options.Delivery.HelloName.Ascii, options.Queue.ReportingHost.Ascii));
    }

    [Fact]
    public void Parts_RegisteredBefore_AreKept()
    {
        var (resolver, policies) = (new InMemoryResolver(), new InMemoryMtaStsStore());
        using var host = Build(services => services.AddSingleton<IDnssecResolver>(resolver).AddSingleton<IMtaStsStore>(policies).AddMailDelivery(options => options.HostName = Name));

        Assert.Same(resolver, host.Services.GetRequiredService<IDnssecResolver>());
        Assert.Same(policies, host.Services.GetRequiredService<IMtaStsStore>());
        Assert.IsType<DeliveryAgent>(host.Services.GetRequiredService<IDeliveryAgent>());
    }

    [Fact]
    public void TrustAnchorStore_Registered_IsUsedWhereTheOptionsNameNone()
    {
        var (registered, named) = (new InMemoryTrustAnchorStore(), new InMemoryTrustAnchorStore());
        using var without = Build(services => services.AddMailDelivery(options => options.HostName = Name));
        using var with = Build(services => services.AddSingleton<ITrustAnchorStore>(registered).AddMailDelivery(options => options.HostName = Name));
        using var both = Build(services => services.AddSingleton<ITrustAnchorStore>(registered).AddMailDelivery(options => (options.HostName, options.Resolver.TrustAnchorStore) = (Name, named)));

        Assert.Equal([null, registered, named], new[] { without, with, both }.Select(static host => host.Services.GetRequiredService<IOptions<MailDeliveryOptions>>().Value.Resolver.TrustAnchorStore));
    }

    [Fact]
    public async Task ProtocolLog_OptionsChange_HoldsForOpenSessions()
    {
        var (lines, source) = (new LineLog(), new Changes());
        using var host = Build(services => All(services.AddSingleton<IMailQueueStore>(new RecordingStore()))
            .AddLogging(logging => logging.ClearProviders().AddProvider(lines))
            .AddSingleton<IOptionsChangeTokenSource<SmtpProtocolLogOptions>>(source)
            .Configure<SmtpProtocolLogOptions>(options =>
            {
                foreach (var network in source.Networks)
                    options.Sources.Add(network);
            }));
        await host.StartAsync(Token);
        await using var client = await SmtpTalk.ConnectAsync(host.Services.GetRequiredService<SmtpListener>().EndPoints[0], Token);
        await client.ExpectAsync("220 ");
        await client.SayAsync("NOOP 1");
        source.Change("127.0.0.1/32");
        await client.SayAsync("NOOP 2");
        source.Change();
        await client.SayAsync("NOOP 3");

        Assert.Equal(["NOOP 2", "250 2.0.0 OK"], lines.Lines.Where(line => line.Id is 1420 or 1421).Select(line => line.Text[(line.Text.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
        Assert.Equal(["SMTP sessions written line by line: 127.0.0.1/32", "SMTP sessions written line by line: none"], lines.Lines.Where(line => line.Id == 1813).Select(line => line.Text));
    }

    public static TheoryData<string, Action<IServiceCollection>> Faulty => new()
    {
        { "MailDeliveryOptions.HostName is required", services => services.AddSingleton<IMailQueueStore>(new RecordingStore()).AddMailDelivery(_ => { }) },
        { "MailDeliveryOptions.Pool.MaxSessions must be at least 1", services => services.AddSingleton<IMailQueueStore>(new RecordingStore()).AddMailDelivery(options => (options.HostName, options.Pool.MaxSessions) = (Name, 0)) },
        { "MailIntakeOptions.HostName is required", services => services.AddMailIntake(_ => { }) },
        { "SmtpListenerOptions.Endpoints is empty", services => services.AddSmtpListener(options => options.Server.HostName = Name) },
        { "No IMailQueueStore is registered", services => services.AddMailDelivery(options => options.HostName = Name) },
        { "No SmtpHandler is registered", services => services.AddSmtpListener(Listen) },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Start_SomethingMissing_IsRefusedWithASentence(string sentence, Action<IServiceCollection> configure)
    {
        using var host = Build(configure);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    private static IServiceCollection All(IServiceCollection services) => services
        .AddMailDelivery(options => options.HostName = Name)
        .AddMailIntake(options => options.HostName = Name)
        .AddSmtpListener(Listen);

    private static void Listen(SmtpListenerOptions options)
    {
        options.Server.HostName = Name;
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
    }

    private static IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder.Services);
        return builder.Build();
    }

    private sealed class Changes : IOptionsChangeTokenSource<SmtpProtocolLogOptions>
    {
        private ConfigurationReloadToken _token = new();

        public string Name => Options.DefaultName;

        public IReadOnlyList<IPNetwork> Networks { get; private set; } = [];

        public IChangeToken GetChangeToken() => _token;

        public void Change(params string[] networks)
        {
            Networks = [.. networks.Select(IPNetwork.Parse)];
            Interlocked.Exchange(ref _token, new()).OnReload();
        }
    }

    private sealed class LineLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

        public IEnumerable<(int Id, string Text)> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((eventId.Id, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
