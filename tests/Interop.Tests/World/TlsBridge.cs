using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Interop.Tests;

/// <summary>Somebody in the middle of implicit TLS, with a certificate that clients believe: passes on what it decrypts, both ways.</summary>
internal sealed class TlsBridge(IPEndPoint server) : Middleman(new IPEndPoint(IPAddress.Loopback, 0), server)
{
    public int Port => EndPoint.Port;

    protected override async Task LinkAsync(Socket accepted)
    {
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await using var client = new SslStream(new NetworkStream(accepted, ownsSocket: true));
            await client.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = ClientWorld.OtherCertificate }, Stop);
            await other.ConnectAsync(Server, Stop);
            await using var server = new SslStream(new NetworkStream(other, ownsSocket: false));
            await server.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = ClientWorld.Host, RemoteCertificateValidationCallback = (_, certificate, _, _) => ClientWorld.Certificate.Equals(certificate) }, Stop);
            await Task.WhenAny(client.CopyToAsync(server, Stop), server.CopyToAsync(client, Stop));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // One of the ends is gone.
        }
    }
}
