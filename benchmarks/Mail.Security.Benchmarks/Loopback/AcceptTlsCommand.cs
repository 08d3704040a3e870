using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>The floor of a STARTTLS session in .NET: accepts, makes the handshake under the server's own rules, and waits for the end.</summary>
internal static class AcceptTlsCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ["--port", var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            Console.Error.WriteLine("accept-tls --port PORT");
            return 2;
        }
        using var certificate = BenchCertificate.Create();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
            AllowTlsResume = false,
        };
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        while (true)
            _ = ServeAsync(await listener.AcceptAsync(), options);
    }

    private static async Task ServeAsync(Socket socket, SslServerAuthenticationOptions options)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(options);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer) > 0)
                continue;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // A client that goes away, such as the one that asks whether the port is open.
        }
    }
}
