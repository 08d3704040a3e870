using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Load;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>One connection of a soak.</summary>
internal sealed class SoakConnection : IAsyncDisposable
{
    private const int Sources = 16;

    private static int s_next;

    private readonly Socket _socket;
    private Stream _stream;
    private ReplyStream _replies;

    private SoakConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _replies = new(_stream);
    }

    public Socket Socket => _socket;

    /// <summary>What ends the client's patience; set by who has one.</summary>
    public CancellationTokenSource? Patience { get; set; }

    /// <summary>Connects from one of several addresses of loopback, for the ports of one do not last.</summary>
    public static async Task<SoakConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var source = (byte)(1 + (uint)Interlocked.Increment(ref s_next) % Sources);
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, source]), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return new SoakConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task GreetAsync(CancellationToken cancellationToken)
    {
        await ExpectAsync(220, cancellationToken);
        await SayAsync("EHLO client.load.example\r\n", 250, cancellationToken);
    }

    public async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        await SayAsync("STARTTLS\r\n", 220, cancellationToken);
        var tls = new SslStream(_stream);
        (_stream, _replies) = (tls, new(tls));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "bench.example",
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is { Subject: "CN=bench.example" },
        }, cancellationToken);
        await SayAsync("EHLO client.load.example\r\n", 250, cancellationToken);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken);

    public ValueTask WriteAsync(string text, CancellationToken cancellationToken) => WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);

    public ValueTask SayAsync(string text, int code, CancellationToken cancellationToken) => _replies.SayAsync(Encoding.ASCII.GetBytes(text), code, cancellationToken);

    public ValueTask ExpectAsync(int code, CancellationToken cancellationToken) => _replies.ExpectAsync(code, cancellationToken);

    /// <summary>Reads replies until the server closes; the code of the last one, or 0.</summary>
    public async Task<int> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var last = 0;
        while (await _replies.ReadAsync(cancellationToken) is { Code: not 0 } reply)
            last = reply.Code;
        return last;
    }

    /// <summary>Closes so that the server sees a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, 0);
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // The other end is gone already.
        }
        _socket.Dispose();
    }
}
