using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Transports.Tests;

/// <summary>A proxy on loopback that follows a script, one step after the other: "read 05 01 00", "send 0500", "drip 0500", "close", "reset", "stall", "relay".</summary>
/// <remarks>"relay" joins the connection to <see cref="Target"/>. A connection whose script is over is closed; what was read is checked.</remarks>
internal sealed class ScriptedProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _running = [];
    private readonly string[] _scripts;
    private readonly Task _accepting;
    private int _open;
    private int _accepted;
    private int _disposed;

    private ScriptedProxy(IPAddress address, string[] scripts)
    {
        _scripts = scripts;
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, 0));
        _listener.Listen();
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public IPEndPoint? Target { get; set; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections of which the client has not closed its end.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>What was read other than the script says.</summary>
    public ConcurrentQueue<string> Surprises { get; } = [];

    public static ScriptedProxy Play(params string[] scripts) => new(IPAddress.Loopback, scripts);

    public static ScriptedProxy PlayAt(IPAddress address, params string[] scripts) => new(address, scripts);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                var script = _scripts[Math.Min(_accepted, _scripts.Length - 1)];
                Interlocked.Increment(ref _accepted);
                Interlocked.Increment(ref _open);
                _running.Add(ServeAsync(client, script));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end of the test
        }
    }

    private async Task ServeAsync(Socket client, string script)
    {
        using var _ = client;
        await using var stream = new NetworkStream(client);
        try
        {
            foreach (var step in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!await FollowAsync(client, stream, step))
                    return;
            }
            client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, _stop.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // gone
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<bool> FollowAsync(Socket client, NetworkStream stream, string step)
    {
        var words = step.Split(' ');
        var (verb, hex) = (words[0], Convert.FromHexString(string.Concat(words[1..])));
        switch (verb)
        {
            case "read":
                var read = new byte[hex.Length];
                await stream.ReadExactlyAsync(read, _stop.Token);
                if (!read.SequenceEqual(hex))
                    Surprises.Enqueue($"{Convert.ToHexString(read)} in place of {Convert.ToHexString(hex)}");
                return true;
            case "send":
                await stream.WriteAsync(hex, _stop.Token);
                return true;
            case "drip":
                foreach (var one in hex)
                {
                    await stream.WriteAsync(new[] { one }, _stop.Token);
                    await Task.Delay(5, _stop.Token);
                }
                return true;
            case "reset":
                client.LingerState = new LingerOption(true, 0);
                return false;
            case "stall":
                await stream.CopyToAsync(Stream.Null, _stop.Token);
                return false;
            case "relay":
                await RelayAsync(stream);
                return false;
            default:
                return verb != "close" ? throw new ArgumentException(step) : false;
        }
    }

    private async Task RelayAsync(NetworkStream stream)
    {
        using var socket = new Socket(Target!.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Target, _stop.Token);
        await using var server = new NetworkStream(socket);
        var up = stream.CopyToAsync(server, _stop.Token);
        await server.CopyToAsync(stream, _stop.Token);
        socket.Shutdown(SocketShutdown.Both);
        await up;
    }
}
