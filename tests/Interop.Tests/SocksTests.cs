using System.Net;
using System.Net.Sockets;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Hosting;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Storage.Sqlite;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interop.Tests;

/// <summary>Mail through real SOCKS 5 proxies: dante and microsocks.</summary>
[Collection(nameof(InteropWorld))]
public sealed class SocksTests(InteropWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<SocksServer, string, bool, string> Ways()
    {
        var ways = new TheoryData<SocksServer, string, bool, string>();
        foreach (var server in Enum.GetValues<SocksServer>())
        {
            foreach (var proxy in new[] { "127.0.80.1", "::1" })
            {
                foreach (var login in new[] { false, true })
                {
                    foreach (var target in new[] { "127.0.0.1", "::1", "localhost" })
                        ways.Add(server, proxy, login, target);
                }
            }
        }
        return ways;
    }

    [Theory, MemberData(nameof(Ways)), Trait("rfc", "1928#4")]
    public async Task Dial_AServer_ASessionRunsThroughTheProxy(SocksServer server, string proxy, bool login, string target)
    {
        SocksProxy.Require();
        await using var socks = await SocksProxy.StartAsync(Folder(server), server, proxy, login);
        // The name of a host that has both addresses may lead to either: dante dials from the family of the proxy's own address.
        var listen = target == "localhost" ? IPAddress.IPv6Any : IPAddress.Parse(target);
        using var listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (listen.Equals(IPAddress.IPv6Any))
            listener.DualMode = true;
        listener.Bind(new IPEndPoint(listen, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var serving = GreetAsync(listener);
        var dialer = socks.Dial();

        var result = target == "localhost" ? await dialer.DialNameAsync(DomainName.Parse(target), port, Token) : await dialer.DialAsync(new IPEndPoint(listen, port), Token);
        var connected = Assert.IsType<DialResult.Connected>(result);
        var settings = new SmtpSessionSettings { HelloName = DomainName.Parse("client.test"), Tls = TlsUse.None };
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(connected.Stream, settings, cancellationToken: Token));
        await opened.Session.CloseAsync(Token);
        var seen = await serving;

        Assert.Equal("egress", connected.Via);
        // dante tells where it connects from, microsocks does not.
        Assert.Equal(server == SocksServer.Dante ? seen : null, connected.Local);
    }

    [Theory, InlineData(SocksServer.Dante), InlineData(SocksServer.Microsocks), Trait("rfc", "1928#6")]
    public async Task Dial_WhatTheProxyCannotDo_EachWithItsReason(SocksServer server)
    {
        SocksProxy.Require();
        await using var open = await SocksProxy.StartAsync(Folder(server), server);
        await using var closed = await SocksProxy.StartAsync(Folder(server), server, "127.0.80.2", wantsLogin: true);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = (IPEndPoint)bound.LocalEndPoint!;
        Socks5Dialer With(string name, string password) => new(new Socks5DialerOptions { Proxy = closed.EndPoint, Credentials = new Socks5Credentials(name, password) });

        Assert.Equal(DialFailure.ProxyConnectionRefused, await ReasonAsync(open.Dial(), nobody));
        Assert.Equal(DialFailure.ProxyNoMethod, await ReasonAsync(new Socks5Dialer(new Socks5DialerOptions { Proxy = closed.EndPoint }), nobody));
        Assert.Equal(DialFailure.ProxyLoginRefused, await ReasonAsync(With(SocksProxy.Name, "wrong"), nobody));
        Assert.Equal(DialFailure.ProxyLoginRefused, await ReasonAsync(With("nobody-else", SocksProxy.Password), nobody));
        Assert.Equal(DialFailure.ProxyConnectionRefused, await ReasonAsync(closed.Dial(), nobody));
        if (server == SocksServer.Dante)
            Assert.Equal(DialFailure.ProxyRuleset, await ReasonAsync(open.Dial(), new IPEndPoint(SocksProxy.Forbidden, 25)));
        await open.KillAsync();
        Assert.Equal(DialFailure.ProxyUnreachable, await ReasonAsync(open.Dial(), nobody));
        await open.StartAsync();
    }

    [Theory]
    [InlineData(SocksServer.Dante, "dee", "dane-ee")]
    [InlineData(SocksServer.Microsocks, "dee", "dane-ee")]
    [InlineData(SocksServer.Dante, "wrong", null)]
    [InlineData(SocksServer.Microsocks, "none", "")]
    public async Task Deliver_ThroughTheProxy_VerifiedAsWithout(SocksServer server, string name, string? expected)
    {
        SocksProxy.Require();
        await using var socks = await SocksProxy.StartAsync(Folder(server), server);
        using var sender = new Sender(socks.Dial());
        var marker = Guid.NewGuid().ToString("N");

        var report = await sender.DeliverAsync(world.Cases[name].Domain, marker, Token);

        var explanation = report.Explanation.ToString();
        Assert.True((expected is null ? Disposition.Transient : Disposition.Delivered) == report.Recipients[0].Disposition, explanation);
        Assert.Contains($":25 through egress{(server == SocksServer.Dante ? $", from {SocksProxy.Egress}," : "")} with STARTTLS", explanation, StringComparison.Ordinal);
        Assert.Contains(expected ?? "NoTlsaMatch", explanation, StringComparison.Ordinal);
        if (expected is null)
            return;
        var message = await world.Postfix.WaitForMessageAsync(marker);
        Assert.NotNull(message);
        if (server == SocksServer.Dante)
            Assert.Contains($"[{SocksProxy.Egress}]", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_PoolWithADeadProxy_TheOtherCarriesTheMail()
    {
        SocksProxy.Require();
        await using var dead = await SocksProxy.StartAsync(Folder(SocksServer.Dante), SocksServer.Dante);
        await using var live = await SocksProxy.StartAsync(Folder(SocksServer.Microsocks), SocksServer.Microsocks, "127.0.80.2");
        await dead.KillAsync();
        var pool = new ProxyPool([new ProxyPoolMember(dead.Dial("dead"), 1_000_000), new ProxyPoolMember(live.Dial("live"))]);
        using var sender = new Sender(pool);

        var report = await sender.DeliverAsync(world.Cases["none"].Domain, "pool", Token);

        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        Assert.Equal([ProxyState.LeftOut, ProxyState.Healthy], pool.Status.Select(status => status.State));
        await dead.StartAsync();
    }

    [Theory, InlineData(SocksServer.Dante), InlineData(SocksServer.Microsocks)]
    public async Task Deliver_ProxyDiesInTheMiddleOfAMessage_DeferredAndDeliveredOnceLater(SocksServer server)
    {
        SocksProxy.Require();
        var folder = Folder(server);
        await using var socks = await SocksProxy.StartAsync(folder, server);
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { HostName = "mx.slow.test" });
        await using var brake = new BrakeTap(new IPEndPoint(IPAddress.Parse("127.0.80.5"), 0), peer.EndPoint, 300_000);
        var resolver = new InMemoryResolver();
        resolver.AddMx("slow.test", 10, "mx.slow.test").AddAddress("mx.slow.test", brake.EndPoint.Address.ToString());
        await using var database = new SqliteDatabase(new SqliteStoreOptions { Path = Path.Combine(folder, "queue.db") }, NullLogger<SqliteDatabase>.Instance);
        var store = new SqliteMailQueueStore(database);
        using var host = Host(resolver, brake.EndPoint.Port, socks.Dial(), store);
        var content = System.Text.Encoding.ASCII.GetBytes($"Subject: large\r\n\r\n{string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 60_000))}");
        await EnqueueAsync(host, content);
        await host.StartAsync(Token);

        await brake.Braking.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await socks.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        Assert.Empty(peer.Connections.SelectMany(connection => connection.Messages));
        await socks.StartAsync();

        var attempts = 0;
        while (peer.Connections.All(connection => connection.Messages.Count == 0) && attempts++ < 300)
            await Task.Delay(200, Token);
        await host.StopAsync(Token);
        var message = Assert.Single(peer.Connections.SelectMany(connection => connection.Messages));
        Assert.EndsWith(System.Text.Encoding.ASCII.GetString(content), message.Text, StringComparison.Ordinal);
        Assert.Empty(((StoreResult<IReadOnlyList<QueueEntry>>.Stored)await store.ListAsync(default, 10, Token)).Value);
    }

    // Says what a server says to EHLO and QUIT, and tells from where the client came.
    private static async Task<IPEndPoint> GreetAsync(Socket listener)
    {
        using var client = await listener.AcceptAsync(Token);
        await using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream);
        foreach (var reply in new[] { "220 mx.test", "250 mx.test", "221 bye" })
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(reply + "\r\n"), Token);
            await reader.ReadLineAsync(Token);
        }
        var end = (IPEndPoint)client.RemoteEndPoint!;
        return end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;
    }

    private static async Task<DialFailure> ReasonAsync(Socks5Dialer dialer, IPEndPoint target) =>
        Assert.IsType<DialResult.Failed>(await dialer.DialAsync(target, Token)).Reason;

    private static IHost Host(InMemoryResolver resolver, int port, SmtpDialer dialer, IMailQueueStore store)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IDnssecResolver>(resolver).AddSingleton(dialer).AddSingleton(store);
        builder.Services.AddMailDelivery(options =>
        {
            options.HostName = DomainName.Parse("sender.test");
            (options.Delivery.Port, options.Delivery.Vetting) = (port, new AddressVettingOptions { Loopback = AddressUse.Allowed });
            options.Schedule = new RetrySchedule { Delays = [TimeSpan.FromSeconds(2)], Jitter = 0 };
        });
        return builder.Build();
    }

    private static async Task EnqueueAsync(IHost host, byte[] content)
    {
        var message = new NewQueueMessage
        {
            Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("from@sender.test"), Recipients = [new SmtpRecipient(MailPath.Parse("to@slow.test"))] },
            Content = new BytesContent(content),
            Received = TimeProvider.System.GetUtcNow(),
        };
        Assert.IsType<StoreResult<QueueMessageId>.Stored>(await host.Services.GetRequiredService<IMailQueueStore>().AddAsync(message, Token));
    }

    private string Folder(SocksServer server) => world.Folder($"socks-{server}-{Guid.NewGuid():N}");
}
