using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Interop.Tests;

/// <summary>Stands before a server and passes every byte on, both ways; it keeps what clients sent, each piece as it came.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private readonly ConcurrentQueue<List<byte[]>> _clients = [];
    private readonly ConcurrentBag<Task> _links = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public WireTap(IPAddress address, IPEndPoint server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(address, 0));
        _listener.Listen(100);
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>How many connections were made.</summary>
    public int Connections => _clients.Count;

    /// <summary>What the client said in whose connection this text was sent, in the pieces in which it came; a character is a byte.</summary>
    public IReadOnlyList<string> Said(string mark) =>
        _clients.Select(Texts).FirstOrDefault(pieces => string.Concat(pieces).Contains(mark, StringComparison.Ordinal)) ?? [];

    /// <summary>Whether this client's message came by BDAT or by DATA; both when it used both.</summary>
    public string Transfer(string mark)
    {
        var said = string.Concat(Said(mark));
        var ways = new[] { "BDAT", "DATA" }.Where(verb => said.Contains($"\n{verb}{(verb == "DATA" ? "\r\n" : " ")}", StringComparison.OrdinalIgnoreCase));
        return string.Join('+', ways);
    }

    /// <summary>Whether MAIL and RCPT of this client came in one piece, that is without waiting for the reply between them.</summary>
    public bool IsPipelined(string mark) => Said(mark).Any(piece =>
        piece.Contains("MAIL FROM:", StringComparison.OrdinalIgnoreCase) && piece.Contains("RCPT TO:", StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_links);
        _stop.Dispose();
    }

    private static List<string> Texts(List<byte[]> pieces)
    {
        lock (pieces)
            return [.. pieces.Select(Encoding.Latin1.GetString)];
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
        List<byte[]> pieces = [];
        _clients.Enqueue(pieces);
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAll(PassAsync(client, server, pieces), PassAsync(server, client, null));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // One end broke: disposal breaks the other.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, List<byte[]>? keep)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (keep is not null)
                {
                    lock (keep)
                        keep.Add(buffer[..count]);
                }
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // A reset goes on as one.
            from.Close(0);
            to.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // The other direction closed both.
        }
    }
}
