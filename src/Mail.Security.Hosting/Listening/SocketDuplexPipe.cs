using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Hosting;

/// <summary>A connected socket as a pair of pipes with no task between them and it: who reads, receives, and who flushes, sends.</summary>
/// <remarks>
/// What is received lies in one array until it is consumed, and nothing is received that nobody asked for: that is the back-pressure.
/// A connection on which nothing happens holds no array (see <see cref="SocketPipeReader"/>).
/// </remarks>
internal sealed class SocketDuplexPipe : IDuplexPipe, IDisposable
{
    private const int MostDropped = 1 << 20;
    private const int TcpLevel = 6;                         // IPPROTO_TCP and, on Linux alone, TCP_USER_TIMEOUT
    private const int TcpUserTimeout = 18;

    private readonly Socket _socket;
    private readonly SocketPipeReader _input;
    private readonly SocketPipeWriter _output;
    private readonly ArrayPool<byte> _pool;

    /// <param name="socket">A connected stream socket, which the pipe owns from now on. It is made not to block.</param>
    /// <param name="scheduling">On which thread waits go on.</param>
    /// <param name="pool">Where arrays come from.</param>
    public SocketDuplexPipe(Socket socket, SessionScheduling scheduling, ArrayPool<byte> pool)
    {
        (_socket, _pool) = (socket, pool);
        socket.Blocking = false;
        (RemoteEndPoint, LocalEndPoint) = (socket.RemoteEndPoint, socket.LocalEndPoint);
        _input = new(socket, scheduling, pool);
        _output = new(socket, scheduling, pool);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    public EndPoint? RemoteEndPoint { get; }

    public EndPoint? LocalEndPoint { get; }

    /// <summary>Makes a wait that was on at the last call already give its array back. Any thread may call it, one at a time.</summary>
    public void ReleaseIdle() => _input.ReleaseIdle();

    /// <summary>How long the system goes on trying to bring the peer the last words when the pipe is closed; zero leaves that to the system.</summary>
    public TimeSpan Farewell { get; init; }

    /// <summary>
    /// Closes the connection. Both pipes should be completed before; a wait of theirs that is still on ends. Where a flush did not come to its end the
    /// connection is reset: the system would otherwise keep what is unsent, for a client that reads nothing, long after its session. What the system took but
    /// the peer does not take is kept for <see cref="Farewell"/> and no longer.
    /// </summary>
    public void Dispose()
    {
        try
        {
            if (_output.IsBroken)
            {
                _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            else
            {
                LimitFarewell();
                _socket.Shutdown(SocketShutdown.Send);
                DropUnread();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
        finally
        {
            _socket.Dispose();
        }
    }

    // A client whose receive buffer is full and that goes on sending never sees the end: its system throws away what would tell it.
    private void LimitFarewell()
    {
        if (Farewell > TimeSpan.Zero && OperatingSystem.IsLinux())
            _socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)Math.Min(Farewell.TotalMilliseconds, int.MaxValue)));
    }

    // A socket that is closed with bytes unread resets its connection, and the peer may lose the last words that were sent to it.
    private void DropUnread()
    {
        if (_socket.Available == 0)
            return;
        var array = _pool.Rent(16 * 1024);
        try
        {
            for (var left = MostDropped; left > 0 && _socket.Available > 0;)
                left -= _socket.Receive(array);
        }
        finally
        {
            _pool.Return(array);
        }
    }
}
