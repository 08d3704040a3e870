using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Interop.Tests;

/// <summary>Somebody in the middle of implicit TLS, with a certificate that clients believe: passes on what it decrypts, both ways.</summary>
internal sealed class TlsBridge : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _links = [];
    private readonly IPEndPoint _server;
    private readonly Task _accepting;

    public TlsBridge(IPEndPoint server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

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

    private async Task LinkAsync(Socket accepted)
    {
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await using var client = new SslStream(new NetworkStream(accepted, ownsSocket: true));
            await client.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = ClientWorld.OtherCertificate }, _stop.Token);
            await other.ConnectAsync(_server, _stop.Token);
            await using var server = new SslStream(new NetworkStream(other, ownsSocket: false));
            await server.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = ClientWorld.Host, RemoteCertificateValidationCallback = (_, certificate, _, _) => ClientWorld.Certificate.Equals(certificate) }, _stop.Token);
            await Task.WhenAny(client.CopyToAsync(server, _stop.Token), server.CopyToAsync(client, _stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // One of the ends is gone.
        }
    }
}
