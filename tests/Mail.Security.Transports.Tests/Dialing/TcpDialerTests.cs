using System.Net;
using System.Net.Sockets;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

public sealed class TcpDialerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task DialAsync_SomebodyListens_Connected(string address)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(listen: new IPEndPoint(IPAddress.Parse(address), 0));

        var connected = Assert.IsType<DialResult.Connected>(await new TcpDialer().DialAsync(peer.EndPoint, Rig.Stop));
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(connected.Stream, Rig.Clear, cancellationToken: Rig.Stop));
        await opened.Session.CloseAsync(Rig.Stop);

        Assert.Equal(peer.EndPoint, connected.Remote);
        Assert.Equal(IPAddress.Parse(address), connected.Local?.Address);
        Assert.Equal(["EHLO client.test", "QUIT"], (await peer.WaitForEndAsync(1, Rig.Stop)).Commands);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task DialAsync_NobodyListens_Refused(string address)
    {
        using var bound = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Parse(address), 0));            // so that nobody else takes the port

        var failed = Assert.IsType<DialResult.Failed>(await new TcpDialer().DialAsync((IPEndPoint)bound.LocalEndPoint!, Rig.Stop));

        Assert.Equal(DialFailure.Refused, failed.Reason);
        Assert.NotEmpty(failed.Detail);
    }

    [Theory]                                                                // decided by the system itself: no packet leaves
    [InlineData("224.0.0.1", DialFailure.Unreachable)]
    [InlineData("ff02::1", DialFailure.Unreachable)]
    [InlineData("::ffff:127.0.0.1", DialFailure.Unreachable)]
    public async Task DialAsync_NoWayThere_Unreachable(string address, DialFailure reason)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems say it otherwise");

        var failed = Assert.IsType<DialResult.Failed>(await new TcpDialer().DialAsync(new IPEndPoint(IPAddress.Parse(address), 25), Rig.Stop));

        Assert.Equal((reason, failed.Detail), (failed.Reason, failed.Detail));
    }

    [Fact]
    public async Task DialAsync_SourceAddress_IsUsed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have only one loopback address");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var peer6 = ScriptedSmtpPeer.StartMailExchanger(listen: new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var dialer = new TcpDialer(new TcpDialerOptions { SourceAddressV4 = IPAddress.Parse("127.0.0.7"), SourceAddressV6 = IPAddress.IPv6Loopback });

        var connected = Assert.IsType<DialResult.Connected>(await dialer.DialAsync(peer.EndPoint, Rig.Stop));
        var connected6 = Assert.IsType<DialResult.Connected>(await dialer.DialAsync(peer6.EndPoint, Rig.Stop));

        Assert.Equal((IPAddress.Parse("127.0.0.7"), IPAddress.IPv6Loopback), (connected.Local!.Address, connected6.Local!.Address));
        await connected.Stream.DisposeAsync();
        await connected6.Stream.DisposeAsync();
    }

    [Fact]
    public async Task DialAsync_SourceAddressOfAnotherHost_Other()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        var dialer = new TcpDialer(new TcpDialerOptions { SourceAddressV4 = IPAddress.Parse("192.0.2.77") });

        Assert.Equal(DialFailure.Other, Assert.IsType<DialResult.Failed>(await dialer.DialAsync(peer.EndPoint, Rig.Stop)).Reason);
        Assert.Empty(peer.Connections);
    }

    [Fact]
    public async Task DialAsync_NoAnswer_TimeoutByTheClock()
    {
        using var deaf = new DeafListener();
        var clock = new StageClock();
        var dialing = new TcpDialer(new TcpDialerOptions { ConnectTimeout = Limit }, clock).DialAsync(deaf.EndPoint, Rig.Stop).AsTask();
        Assert.False(dialing.IsCompleted);

        clock.Expire(Limit);

        var failed = Assert.IsType<DialResult.Failed>(await dialing);
        Assert.Equal((DialFailure.Timeout, "no connection within 30 seconds"), (failed.Reason, failed.Detail));
    }

    [Fact]
    public async Task DialAsync_Cancelled_Throws()
    {
        using var deaf = new DeafListener();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var dialing = new TcpDialer().DialAsync(deaf.EndPoint, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new TcpDialer().DialAsync(deaf.EndPoint, cancel.Token));
    }

    [Fact]
    public void Constructor_Misuse_Throws()
    {
        static TcpDialer Make(Action<TcpDialerOptions> set)
        {
            var options = new TcpDialerOptions();
            set(options);
            return new TcpDialer(options);
        }

        Assert.Throws<ArgumentException>(() => Make(options => options.ConnectTimeout = TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => Make(options => options.ConnectTimeout = Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentException>(() => Make(options => options.ConnectTimeout = TimeSpan.MaxValue));
        Assert.Throws<ArgumentException>(() => Make(options => options.SourceAddressV4 = IPAddress.IPv6Loopback));
        Assert.Throws<ArgumentException>(() => Make(options => options.SourceAddressV6 = IPAddress.Loopback));
    }

    /// <summary>A listener whose queue is full: the system answers no further attempt.</summary>
    private sealed class DeafListener : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public DeafListener()
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(0);
            _sockets.Add(listener);
            for (var count = 0; count < 4; count++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                try
                {
                    filler.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // on its way, as it shall be
                }
                _sockets.Add(filler);
            }
        }

        public IPEndPoint EndPoint => (IPEndPoint)_sockets[0].LocalEndPoint!;

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
