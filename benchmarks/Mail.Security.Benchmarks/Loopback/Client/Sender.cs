using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>A client over one connection.</summary>
internal abstract class Sender : IAsyncDisposable
{
    /// <summary>Connects and greets.</summary>
    public abstract Task OpenAsync(SendPlan plan);

    /// <summary>Sends messages until the clock says enough, and at least one.</summary>
    /// <returns>How many were accepted; all must be.</returns>
    public abstract Task<long> SendAsync(SendClock clock);

    public abstract ValueTask DisposeAsync();

    protected static async Task<Socket> ConnectAsync(SendPlan plan, SocketDelay delay)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = delay == SocketDelay.None };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, plan.Port));
        return socket;
    }
}

/// <summary>Whether small writes wait for the acknowledgement of those before (Nagle).</summary>
internal enum SocketDelay
{
    None,
    Nagle,
}
