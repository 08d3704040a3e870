using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Mail.Security.MtaSts.Tests;

/// <summary>An HTTPS server on loopback that answers each request with what a test wrote, byte for byte.</summary>
internal sealed class PolicyHost : IAsyncDisposable
{
    public const string Good = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 86400\r\n";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Stream, CancellationToken, Task> answer;
    private readonly SslStreamCertificateContext certificate;
    private readonly Task running;
    private int requests;

    public PolicyHost(Func<Stream, CancellationToken, Task> answer, SslStreamCertificateContext? certificate = null)
    {
        this.answer = answer;
        this.certificate = certificate ?? TestCertificates.Leaf(["mta-sts.example.com"]);
        listener.Start();
        running = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Requests => Volatile.Read(ref requests);

    public string LastRequest { get; private set; } = "";

    /// <summary>A response with a Content-Length.</summary>
    public static Func<Stream, CancellationToken, Task> Answer(string body = Good, string status = "200 OK", string type = "text/plain", string headers = "") =>
        async (stream, cancellationToken) => await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}"), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        listener.Stop();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, stop.Token);
            var request = new StringBuilder();
            var buffer = new byte[4096];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await tls.ReadAsync(buffer, stop.Token);
                if (read == 0)
                    return;
                request.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
            LastRequest = request.ToString();
            Interlocked.Increment(ref requests);
            await answer(tls, stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // The client hung up, refused the certificate, or the test is over.
        }
    }
}
