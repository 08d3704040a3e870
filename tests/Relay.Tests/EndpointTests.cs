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

    /// <summary>With accounts, submission is for those who log in, wherever they are; SMTP has no AUTH.</summary>
    [Fact]
    [Trait("rfc", "4954#6")]
    public async Task Submission_WithAccounts_IsForThoseWhoLogIn()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        var accounts = Path.Combine(Path.GetDirectoryName(world.DatabaseFile)!, "accounts");
        CredentialTests.Keep(accounts, CredentialTests.Make("--Name ann --Iterations 4096", "correct horse"));
        await using var stage = Stage(world, (Settings.Certificate, ""), (Settings.CertificateKey, ""), (Settings.Submission, "127.0.0.1:0"), (Settings.SubmissionTls, "127.0.0.1:0"),
            (Settings.Credentials, accounts), (Settings.Networks, ""));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(Listening(stage).Count == 3), Token);

        foreach (var (end, tls) in new[] { (Listening(stage)[1], TlsAt.StartTls), (Listening(stage)[2], TlsAt.Start) })
        {
            Assert.StartsWith("530 5.7.0", await MailAsync(end, tls), StringComparison.Ordinal);
            Assert.StartsWith("535 5.7.8", await MailAsync(end, tls, AuthPlain("wrong")), StringComparison.Ordinal);
            Assert.StartsWith("250 2.1.5", await MailAsync(end, tls, AuthPlain("correct horse"), "MAIL FROM:<ann@example.org>\r\n", "RCPT TO:<b@waiting.example>\r\n"), StringComparison.Ordinal);
        }
        Assert.StartsWith("550 5.7.1", await MailAsync(Listening(stage)[0], TlsAt.StartTls, "MAIL FROM:<>\r\n", "RCPT TO:<b@waiting.example>\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("502 5.5.1", await MailAsync(Listening(stage)[0], TlsAt.StartTls, AuthPlain("correct horse")), StringComparison.Ordinal);
    }

    private static string AuthPlain(string password) => $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0ann\0{password}"))}\r\n";

    private enum TlsAt
    {
        Never,
        StartTls,
        Start,
    }

    private static List<IPEndPoint> Listening(DemoStage stage) => [.. stage.Journal.Messages("SmtpListener", 1800).Select(message => IPEndPoint.Parse(message.Split(' ')[4]))];

    // Gives the reply to the last command, MAIL unless others are given.
    private async Task<string> MailAsync(IPEndPoint relay, TlsAt tls, params string[] commands)
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
        var reply = "";
        foreach (var command in commands.Length > 0 ? commands : ["MAIL FROM:<>\r\n"])
            reply = await SayAsync(stream, command, "");
        return reply;
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
