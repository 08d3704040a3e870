using System.Security.Authentication;
using System.Text;
using Interop.Tests.Clients;
using Mail.Security.Sasl;
using Mail.Security.SmtpServer;
using MailKit.Security;
using MimeKit;
using AuthenticationException = MailKit.Security.AuthenticationException;

namespace Interop.Tests.Authentication;

/// <summary>MailKit logs in at our server, by each mechanism that has. OAUTHBEARER and XOAUTH2 have no server half here.</summary>
public sealed class MailKitLoginTests
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false);

    public static TheoryData<string, SecureSocketOptions> Logins => new MatrixTheoryData<string, SecureSocketOptions>(
        [SaslMechanisms.ScramSha512Plus, SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha1Plus, SaslMechanisms.ScramSha512, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha1,
            SaslMechanisms.CramMd5, SaslMechanisms.Plain, SaslMechanisms.Login],
        [SecureSocketOptions.StartTls, SecureSocketOptions.SslOnConnect]);

    public static TheoryData<string> BoundLogins => [SaslMechanisms.ScramSha512Plus, SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha1Plus];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "4954#4"), Trait("rfc", "5802#5")]
    public async Task LogIn_ByEachMechanism_TheMessageIsTheAccounts(string mechanism, SecureSocketOptions security)
    {
        await using var server = await StartAsync(security);
        using var client = await ConnectAsync(server.EndPoint.Port, security);

        await client.AuthenticateAsync(Mechanism(mechanism, Accounts.Ann, Accounts.Password), Token);

        Assert.Equal(new SmtpAuthentication(Accounts.Ann, Accounts.Ann, mechanism), (await SendAsync(client, server)).Login);
    }

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "4954#6")]
    public async Task LogIn_WrongPasswordOrUnknownUser_RefusedAndTheSessionGoesOn(string mechanism, SecureSocketOptions security)
    {
        await using var server = await StartAsync(security);
        using var client = await ConnectAsync(server.EndPoint.Port, security);

        foreach (var (name, password) in new[] { (Accounts.Ann, "battery staple"), (Accounts.Nobody, Accounts.Password) })
            await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Mechanism(mechanism, name, password), Token));
        Assert.Empty(server.Logins);
        await client.AuthenticateAsync(Mechanism(mechanism, Accounts.Ann, Accounts.Password), Token);

        Assert.Equal(mechanism, (await SendAsync(client, server)).Login?.Mechanism);
    }

    [Theory, Trait("rfc", "5802#6")]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task LogIn_ByMailKitsOwnChoice_IsBoundToTheChannel(SslProtocols version)
    {
        await using var server = await StartAsync(SecureSocketOptions.StartTls);
        using var client = await ConnectAsync(server.EndPoint.Port, SecureSocketOptions.StartTls, version);

        await client.AuthenticateAsync(Utf8, Accounts.Ann, Accounts.Password, Token);

        Assert.Equal(SaslMechanisms.ScramSha512Plus, (await SendAsync(client, server)).Login?.Mechanism);
    }

    [Theory, MemberData(nameof(BoundLogins)), Trait("rfc", "5929#4"), Trait("rfc", "5802#6")]
    public async Task LogIn_SomebodyInTheMiddleWithACertificateOfTheName_OnlyABoundLoginNoticesIt(string mechanism)
    {
        await using var server = await StartAsync(SecureSocketOptions.SslOnConnect);
        await using var bridge = new TlsBridge(server.EndPoint);
        using (var client = await ConnectAsync(bridge.Port, SecureSocketOptions.SslOnConnect))
            await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Mechanism(mechanism, Accounts.Ann, Accounts.Password), Token));
        Assert.Empty(server.Logins);

        using (var client = await ConnectAsync(bridge.Port, SecureSocketOptions.SslOnConnect))
            await client.AuthenticateAsync(Mechanism(SaslMechanisms.Plain, Accounts.Ann, Accounts.Password), Token);
        Assert.Single(server.Logins);
    }

    private static Task<RecordingServer> StartAsync(SecureSocketOptions security) =>
        RecordingServer.StartWithLoginAsync(security == SecureSocketOptions.SslOnConnect ? TlsStart.Immediately : TlsStart.OnRequest);

    private static SaslMechanism Mechanism(string name, string user, string password)
    {
        var credentials = new System.Net.NetworkCredential(user, password);
        return name switch
        {
            SaslMechanisms.ScramSha512Plus => new SaslMechanismScramSha512Plus(credentials),
            SaslMechanisms.ScramSha256Plus => new SaslMechanismScramSha256Plus(credentials),
            SaslMechanisms.ScramSha1Plus => new SaslMechanismScramSha1Plus(credentials),
            SaslMechanisms.ScramSha512 => new SaslMechanismScramSha512(credentials),
            SaslMechanisms.ScramSha256 => new SaslMechanismScramSha256(credentials),
            SaslMechanisms.ScramSha1 => new SaslMechanismScramSha1(credentials),
            SaslMechanisms.CramMd5 => new SaslMechanismCramMd5(credentials),
            SaslMechanisms.Plain => new SaslMechanismPlain(Utf8, credentials),
            _ => new SaslMechanismLogin(Utf8, credentials),
        };
    }

    private static async Task<MailKitClient> ConnectAsync(int port, SecureSocketOptions security, SslProtocols version = SslProtocols.Tls12 | SslProtocols.Tls13)
    {
        var client = new MailKitClient { LocalDomain = "client.test", CheckCertificateRevocation = false, SslProtocols = version };
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            certificate is not null && !errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch) && certificate.Issuer == ClientWorld.Root.Subject;
        await client.ConnectAsync("localhost", port, security, Token);
        return client;
    }

    private static async Task<Arrival> SendAsync(MailKitClient client, RecordingServer server)
    {
        var letter = Letter.Make("plain");
        using var message = await MimeMessage.LoadAsync(new MemoryStream(letter.Content), Token);
        await client.SendAsync(message, new MailboxAddress("", "ann@client.test"), [new MailboxAddress("", "bob@far.test")], Token);
        await client.DisconnectAsync(quit: true, Token);
        return await server.TakeAsync(letter.Mark);
    }
}
