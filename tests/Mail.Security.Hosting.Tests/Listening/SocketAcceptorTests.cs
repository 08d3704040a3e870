using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class SocketAcceptorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<Func<Socket>> _outcomes = [];
    private int _attempts;

    [Theory]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.HostUnreachable)]
    public async Task Accept_AConnectionLostInTheQueue_TakesTheNextAtOnce(SocketError error)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _outcomes.Enqueue(() => throw new SocketException((int)error));
        _outcomes.Enqueue(() => socket);

        Assert.Same(socket, await Acceptor().AcceptAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Accept_NoFilesLeft_TriesAgainAfterGrowingPauses()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        for (var failure = 0; failure < 10; failure++)
            _outcomes.Enqueue(() => throw new SocketException((int)SocketError.TooManyOpenSockets));
        _outcomes.Enqueue(() => throw new InvalidOperationException("not expected by anybody"));
        _outcomes.Enqueue(() => socket);
        var accepting = Acceptor().AcceptAsync(CancellationToken.None).AsTask();

        var pauses = new List<double>();
        for (var (attempt, pause) = (1, 0.05); attempt <= 11; (attempt, pause) = (attempt + 1, Math.Min(5, pause * 2)))
        {
            Assert.Equal(attempt, _attempts);
            _time.Advance(TimeSpan.FromSeconds(pause - 0.001));
            Assert.Equal(attempt, _attempts);
            _time.Advance(TimeSpan.FromSeconds(0.001));
            pauses.Add(pause);
        }

        Assert.Same(socket, await accepting);
        Assert.Equal(5, pauses[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accept_Closed_EndsFromEveryWait(bool inPause)
    {
        using var closed = new CancellationTokenSource();
        var pending = new TaskCompletionSource<Socket>();
        var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.Loopback, 25), async token =>
        {
            if (inPause)
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            return await pending.Task.WaitAsync(token);
        }, _time, NullLogger.Instance);
        var accepting = acceptor.AcceptAsync(closed.Token).AsTask();

        await closed.CancelAsync();

        Assert.Null(await accepting);
        Assert.Null(await acceptor.AcceptAsync(closed.Token));
    }

    private SocketAcceptor Acceptor() => new(new IPEndPoint(IPAddress.Loopback, 25), _ =>
    {
        _attempts++;
        return new(_outcomes.Dequeue()());
    }, _time, NullLogger.Instance);
}
