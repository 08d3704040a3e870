using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mail.Security.Testing.Tests.Smtp;

/// <summary>A client that says exactly what it is told, octet by octet.</summary>
internal sealed class TestSmtpClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly CancellationToken _cancellation;
    private Stream _stream;

    private TestSmtpClient(Socket socket)
    {
        (_socket, _stream, _cancellation) = (socket, new NetworkStream(socket, ownsSocket: true), _limit.Token);
        _limit.CancelAfter(TimeSpan.FromSeconds(30));            // a peer that says nothing fails the test, it does not stop the run
    }

    public static async Task<TestSmtpClient> ConnectAsync(IPEndPoint peer)
    {
        var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(peer, TestContext.Current.CancellationToken);
        return new(socket);
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), _cancellation);

    /// <summary>The next line without its end; "(closed)" at the end of the connection.</summary>
    public async Task<string> LineAsync()
    {
        var line = new List<byte>();
        var octet = new byte[1];
        while (line.Count < 2 || line[^2] != '\r' || line[^1] != '\n')
        {
            if (await _stream.ReadAsync(octet, _cancellation) == 0)
                return line.Count == 0 ? "(closed)" : $"(closed after {Encoding.Latin1.GetString([.. line])})";
            line.Add(octet[0]);
        }
        return Encoding.Latin1.GetString([.. line[..^2]]);
    }

    /// <summary>The next reply, its lines joined by '|'.</summary>
    public async Task<string> ReplyAsync()
    {
        var lines = new List<string>();
        do
            lines.Add(await LineAsync());
        while (lines[^1].Length > 3 && lines[^1][3] == '-');
        return string.Join('|', lines);
    }

    /// <summary>Sends a command and reads the reply.</summary>
    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Takes part in a handshake; gives the subject of the server's certificate.</summary>
    public async Task<string> HandshakeAsync(string name, X509Certificate2? own = null)
    {
        var secure = new SslStream(_stream);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            ClientCertificates = own is null ? null : [own],
            LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own,
        }, _cancellation);
        _stream = secure;
        return secure.RemoteCertificate!.Subject;
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>How the connection ends: "closed", "reset", or what came instead.</summary>
    public async Task<string> EndAsync()
    {
        try
        {
            var rest = new byte[256];
            var count = await _stream.ReadAsync(rest, _cancellation);
            return count == 0 ? "closed" : Encoding.Latin1.GetString(rest, 0, count);
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return "reset";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _limit.Dispose();
    }
}
