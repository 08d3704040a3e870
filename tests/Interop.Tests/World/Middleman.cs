using System.Net;
using System.Net.Sockets;

namespace Interop.Tests;

/// <summary>Stands before a server, and has every connection that comes linked with it.</summary>
internal abstract class Middleman : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _links = [];
    private readonly Task _accepting;

    protected Middleman(IPEndPoint listen, IPEndPoint server)
    {
        Server = server;
        _listener.Bind(listen);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    protected IPEndPoint Server { get; }

    protected CancellationToken Stop => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_links);
        _stop.Dispose();
    }

    /// <summary>Links a client with the server until one of them is gone.</summary>
    protected abstract Task LinkAsync(Socket client);

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
}
