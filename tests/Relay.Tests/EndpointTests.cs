using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.Testing;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

public sealed class EndpointTests : RelayTest
{
    /// <summary>Without a certificate of its own: SMTP takes mail in the clear, submission does not, and TLS works on every port.</summary>
    [Fact]
    [Trait("rfc", "8314#3.3")]
    public async Task Endpoints_OfEveryKind_AskForTlsAsTheyShould()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.Certificate, ""), (Settings.CertificateKey, ""), (Settings.Submission, "127.0.0.1:0"), (Settings.SubmissionTls, "127.0.0.1:0"));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(Listening(stage).Count == 3), Token);

        Assert.Contains("self-signed", Assert.Single(stage.Journal.Messages("Relay", 3)), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.0", await MailAsync(Listening(stage)[0], TlsAt.Never), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0", await MailAsync(Listening(stage)[1], TlsAt.Never), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.0", await MailAsync(Listening(stage)[1], TlsAt.StartTls), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.0", await MailAsync(Listening(stage)[2], TlsAt.Start), StringComparison.Ordinal);
    }

    private enum TlsAt
    {
        Never,
        StartTls,
        Start,
    }

    private static List<IPEndPoint> Listening(DemoStage stage) => [.. stage.Journal.Messages("SmtpListener", 1800).Select(message => IPEndPoint.Parse(message.Split(' ')[4]))];

    // Gives the reply to MAIL.
    private async Task<string> MailAsync(IPEndPoint relay, TlsAt tls)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(relay, Token);
        Stream stream = client.GetStream();
        if (tls == TlsAt.StartTls)
        {
            await SayAsync(stream, "", "220");
            await SayAsync(stream, "EHLO c.example\r\n", "250 ");
            await SayAsync(stream, "STARTTLS\r\n", "220");
        }
        if (tls != TlsAt.Never)
            stream = await SecureAsync(stream);
        if (tls != TlsAt.StartTls)
            await SayAsync(stream, "", "220");
        await SayAsync(stream, "EHLO c.example\r\n", "250 ");
        return await SayAsync(stream, "MAIL FROM:<>\r\n", "");
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream, false, (_, certificate, _, _) => certificate is X509Certificate2 seen && seen.Subject == seen.Issuer && seen.MatchesHostname(DemoWorld.RelayName));
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = DemoWorld.RelayName }, Token);
        return secure;
    }

    // Sends a command and reads up to the line that begins so. Byte by byte: what follows STARTTLS is not for this reader.
    private async Task<string> SayAsync(Stream stream, string command, string start)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command), Token);
        while (true)
        {
            var line = new StringBuilder();
            var octet = new byte[1];
            while (line.Length == 0 || line[^1] != '\n')
            {
                await stream.ReadExactlyAsync(octet, Token);
                line.Append((char)octet[0]);
            }
            if (line.ToString().StartsWith(start, StringComparison.Ordinal))
                return line.ToString();
        }
    }
}
