using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>A session over a real socket on loopback, and the client's end of it.</summary>
internal sealed class SocketSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly NetworkStream _raw;
    private readonly CancellationTokenSource _shutdown = new();
    private Stream _stream;

    private SocketSession(Socket client, Socket server, SmtpServerOptions options, RecordingHandler handler, TlsStart tlsStart, ILogger? logger, SmtpServerMetrics? metrics)
    {
        Handler = handler;
        _socket = client;
        _stream = _raw = new NetworkStream(client, ownsSocket: true);
        Run = SmtpServerSession.FromSocket(server, options, handler, tlsStart, logger: logger, metrics: metrics).RunAsync(_shutdown.Token);
    }

    public RecordingHandler Handler { get; }

    public Task<SessionEnd> Run { get; }

    public SslStream? Tls => _stream as SslStream;

    public static async Task<SocketSession> StartAsync(SmtpServerOptions options, TlsStart tlsStart = TlsStart.OnRequest, RecordingHandler? handler = null, ILogger? logger = null, SmtpServerMetrics? metrics = null)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        var server = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        return new(client, server, options, handler ?? new RecordingHandler(), tlsStart, logger, metrics);
    }

    /// <summary>Makes the client's side of the handshake, and knows the tests' certificates only.</summary>
    public async Task SecureAsync(SslProtocols protocols = SslProtocols.None, string name = "mx.example")
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = protocols,
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => TestCertificates.First.Equals(certificate) || TestCertificates.Second.Equals(certificate),
            }, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        _stream = tls;
    }

    /// <summary>Holds back what is sent in clear, so that it goes out in one piece with the start of the handshake.</summary>
    public async Task HoldAsync(string text)
    {
        _stream = new BufferedStream(_raw, 64 * 1024);
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await _stream.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Reads one reply.</summary>
    public async Task<string> ReadAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!IsReply(text.ToString()))
        {
            if (await _stream.ReadAsync(one, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken) == 0)
                return text + "<end>";
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command);
        return await ReadAsync();
    }

    /// <summary>Everything up to the end of the connection, from under TLS when there is any.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(all, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // A reset ends the connection too.
        }
        return all.ToArray();
    }

    public Task<SessionEnd> EndAsync() => Run.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _raw.DisposeAsync();
        await EndAsync();
        _shutdown.Dispose();
    }

    private static bool IsReply(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) && text[..^2].LastIndexOf('\n') is var feed && text[feed + 4] == ' ';
}
