using System.Net;
using System.Net.Sockets;

namespace Interop.Tests;

/// <summary>Stands before a server; the first client that sends more than so many bytes is read no further until it is gone.</summary>
internal sealed class BrakeTap : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _braking = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _links = [];
    private readonly IPEndPoint _server;
    private readonly int _most;
    private readonly Task _accepting;

    public BrakeTap(IPEndPoint listen, IPEndPoint server, int most)
    {
        (_server, _most) = (server, most);
        _listener.Bind(listen);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Done when a connection stands still.</summary>
    public Task Braking => _braking.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_links);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _links.Add(LinkAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private async Task LinkAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAny(CopyAsync(client, server, _braking.Task.IsCompleted ? int.MaxValue : _most), CopyAsync(server, client, int.MaxValue));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // one of the ends is gone
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int most)
    {
        var buffer = new byte[16 * 1024];
        while (await ReadAsync(from, buffer) is > 0 and var count)
        {
            if ((most -= count) < 0)
            {
                _braking.TrySetResult();
                while (await ReadAsync(from, buffer.AsMemory(0, 1)) > 0)
                    await Task.Delay(20, _stop.Token);      // slowly, so that a client that dies is noticed
                return;
            }
            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private async Task<int> ReadAsync(Socket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, _stop.Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
