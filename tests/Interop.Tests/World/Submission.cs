using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Interop.Tests;

/// <summary>The client under test at a submission server: connects, logs in, and sends one letter.</summary>
/// <param name="Server">The server.</param>
/// <param name="Credentials">What to log in with.</param>
internal sealed record Submission(IPEndPoint Server, SaslCredentials Credentials)
{
    public TlsUse Tls { get; init; }

    /// <summary>What may be used; sessions that share a cache of keys share this.</summary>
    public SaslClientSelector Selector { get; init; } = new();

    public PeerVerifier Verifier { get; init; } = new WebPkiVerifier(DomainName.Parse(ClientWorld.Host), [ClientWorld.Root]);

    public X509Certificate2? Certificate { get; init; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A submission by this mechanism only.</summary>
    public Submission By(string mechanism, ScramKeyCache? cache = null) =>
        this with { Selector = new SaslClientSelector(new SaslClientOptions { Mechanisms = [mechanism], KeyCache = cache }) };

    public async Task<SessionOpenResult> OpenAsync()
    {
        var socket = new Socket(Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Server, Token);
        return await SmtpClientSession.OpenAsync(new NetworkStream(socket, ownsSocket: true), new SmtpSessionSettings
        {
            HelloName = DomainName.Parse("client.test"),
            Tls = Tls,
            ServerName = DomainName.Parse(ClientWorld.Host),
            Verifier = Tls == TlsUse.None ? null : Verifier,
            ClientCertificate = Certificate,
            Authentication = new SmtpClientAuthentication(Credentials, Selector),
        }, cancellationToken: Token);
    }

    /// <summary>Opens a session that must open.</summary>
    public async Task<SmtpClientSession> LogInAsync()
    {
        var result = await OpenAsync();
        return result is SessionOpenResult.Opened(var session) ? session : throw new InvalidOperationException($"no session: {result}");
    }

    /// <summary>Opens a session that must not open.</summary>
    public async Task<SessionFailure> FailAsync() => Assert.IsType<SessionOpenResult.Failed>(await OpenAsync()).Failure;

    /// <summary>Sends a letter and gives the server's reply to it.</summary>
    public static async Task<string> SendAsync(SmtpClientSession session, Letter letter)
    {
        var envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("ann@client.test"), Recipients = [new SmtpRecipient(MailPath.Parse("bob@far.test"))] };
        var result = await session.SendAsync(envelope, new BytesContent(letter.Content), Token);
        var outcome = Assert.Single(result.Recipients);
        Assert.True(outcome.Outcome == DeliveryOutcome.Accepted, outcome.Detail);
        await session.CloseAsync(Token);
        return outcome.Reply!.ToString();
    }
}
