using System.Net;
using System.Net.Sockets;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Transports.Tests;

/// <summary>The header as the server of this suite reads it.</summary>
public sealed class ProxyHeaderDialerTests
{
    public static TheoryData<ProxyHeaderVersion, ProxyHeaderCommand, string?, string?, string, string> Headers() => new()
    {
        { ProxyHeaderVersion.V1, ProxyHeaderCommand.Proxy, "198.51.100.9:4096", "198.51.100.1:25", "198.51.100.9:4096", "198.51.100.1:25" },
        { ProxyHeaderVersion.V2, ProxyHeaderCommand.Proxy, "198.51.100.9:4096", "198.51.100.1:25", "198.51.100.9:4096", "198.51.100.1:25" },
        { ProxyHeaderVersion.V1, ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "[2001:db8::2]:25", "[2001:db8::1]:4096", "[2001:db8::2]:25" },
        { ProxyHeaderVersion.V2, ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "[2001:db8::2]:25", "[2001:db8::1]:4096", "[2001:db8::2]:25" },
        { ProxyHeaderVersion.V1, ProxyHeaderCommand.Proxy, null, null, "local", "server" },
        { ProxyHeaderVersion.V2, ProxyHeaderCommand.Proxy, null, null, "local", "server" },
        { ProxyHeaderVersion.V1, ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", null, "", "server" },
        { ProxyHeaderVersion.V2, ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", null, "", "server" },
        { ProxyHeaderVersion.V1, ProxyHeaderCommand.Local, null, null, "", "server" },
        { ProxyHeaderVersion.V2, ProxyHeaderCommand.Local, "198.51.100.9:4096", "198.51.100.1:25", "local", "server" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task DialAsync_ServerThatExpectsAHeader_LearnsTheEnds(
        ProxyHeaderVersion version, ProxyHeaderCommand command, string? source, string? destination, string remote, string local)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = (IPEndPoint)listener.LocalEndPoint!;
        var seen = new Witness();
        var serving = ServeAsync(listener, seen);
        var dialer = new ProxyHeaderDialer(new TcpDialer(), new ProxyHeaderDialerOptions
        {
            Version = version,
            Command = command,
            Source = source is null ? null : IPEndPoint.Parse(source),
            Destination = destination is null ? null : IPEndPoint.Parse(destination),
        });

        var connected = Assert.IsType<DialResult.Connected>(await dialer.DialAsync(server, Rig.Stop));
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(connected.Stream, Rig.Clear, cancellationToken: Rig.Stop));
        await opened.Session.CloseAsync(Rig.Stop);
        await serving;

        string Name(string end) => end switch { "local" => connected.Local!.ToString(), "server" => server.ToString(), _ => end };
        Assert.Equal((Name(remote), Name(local)), (seen.Remote, seen.Local));
    }

    [Fact]
    public async Task DialAsync_NoConnection_TheFailureAsItIs()
    {
        var inner = new HandDialer();
        inner.Fail("192.0.2.1", DialFailure.Timeout);
        var failed = Assert.IsType<DialResult.Failed>(await new ProxyHeaderDialer(inner).DialAsync(IPEndPoint.Parse("192.0.2.1:25"), Rig.Stop));
        Assert.Equal((DialFailure.Timeout, "192.0.2.1"), (failed.Reason, failed.Detail));
    }

    [Fact]
    public async Task DialAsync_HeaderIsNotTaken_ResetAndClosed()
    {
        var stream = new LinkStream(Stream.Null, Stream.Null) { WritesFail = true };
        var failed = Assert.IsType<DialResult.Failed>(await new ProxyHeaderDialer(new OneStream(stream)).DialAsync(IPEndPoint.Parse("192.0.2.1:25"), Rig.Stop));
        Assert.Equal((DialFailure.Reset, true), (failed.Reason, stream.IsDisposed));
    }

    [Fact]
    public void Constructor_Misuse_Throws()
    {
        Assert.Throws<ArgumentException>(() => new ProxyHeaderDialer(new TcpDialer(), new ProxyHeaderDialerOptions { Version = (ProxyHeaderVersion)7 }));
        Assert.Throws<ArgumentException>(() => new ProxyHeaderDialer(new TcpDialer(), new ProxyHeaderDialerOptions { Command = (ProxyHeaderCommand)7 }));
        Assert.Throws<ArgumentException>(() => new ProxyHeaderDialer(new TcpDialer(), new ProxyHeaderDialerOptions { Timeout = TimeSpan.Zero }));
    }

    private static async Task ServeAsync(Socket listener, Witness seen)
    {
        var client = await listener.AcceptAsync(Rig.Stop);
        var options = new SmtpServerOptions { HostName = Rig.Host, ProxyProtocolSources = [IPNetwork.Parse("127.0.0.0/8")] };
        await SmtpServerSession.FromSocket(client, options, seen).RunAsync(Rig.Stop);
    }

    private sealed class OneStream(Stream stream) : SmtpDialer
    {
        public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default) => new(new DialResult.Connected(stream, null, endpoint));
    }

    /// <summary>Notes whom the server takes for its client.</summary>
    private sealed class Witness : SmtpHandler
    {
        public string? Remote { get; private set; }

        public string? Local { get; private set; }

        public override ValueTask<SmtpRefusal?> OnHelloAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
        {
            (Remote, Local) = (session.RemoteEndPoint?.ToString() ?? "", session.LocalEndPoint?.ToString());
            return default;
        }

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
