using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>One open TCP end. The IPv6 wildcard address takes IPv4 too.</summary>
internal sealed class SocketListener : IDisposable
{
    private const int Backlog = 512;                        // the system cuts it to its own limit

    private readonly Socket _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly SocketAcceptor _acceptor;

    private SocketListener(Socket socket, TimeProvider time, ILogger logger)
    {
        (_socket, EndPoint) = (socket, socket.LocalEndPoint!);
        _acceptor = new(EndPoint, socket.AcceptAsync, time, logger);
    }

    /// <summary>Where it is open, with the port that was chosen for 0. It keeps its value when it is closed.</summary>
    public EndPoint EndPoint { get; }

    /// <exception cref="SocketException">The address cannot be opened.</exception>
    public static SocketListener Open(IPEndPoint address, TimeProvider time, ILogger logger)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
            return new(socket, time, logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next connection; null once the end is closed.</summary>
    public ValueTask<Socket?> AcceptAsync() => _acceptor.AcceptAsync(_closed.Token);

    /// <summary>Closes the end. May be called again, and while a connection is awaited.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _socket.Dispose();
    }
}
