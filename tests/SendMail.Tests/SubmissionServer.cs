using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security;
using Mail.Security.RequireTls;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;

namespace SendMail.Tests;

/// <summary>A submission server on loopback: TLS with a certificate of a test authority, a login required, and recipients that say by their name what becomes of them.</summary>
internal sealed class SubmissionServer : SmtpHandler, ISaslCredentialStore, IAsyncDisposable
{
    public const string Name = "submission.test";
    public const string User = "ann@client.test";
    public const string Password = "correct horse";

    private static readonly TestCertificateAuthority Authority = TestCertificateAuthority.CreateRoot();
    public static readonly X509Certificate2 Certificate = Authority.Issue(Name);
    private static readonly ScramCredential Credential = ScramCredential.TryCreate(ScramHash.Sha256, Encoding.UTF8.GetBytes(Password), 4096, SaslPreparation.OpaqueString, out var made) ? made : throw new InvalidOperationException();

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SmtpServerOptions _options;
    private readonly TlsStart _start;
    private readonly Task _serving;

    public SubmissionServer(TlsStart start = TlsStart.OnRequest, Action<SmtpServerOptions>? change = null)
    {
        _start = start;
        _options = new SmtpServerOptions
        {
            HostName = DomainName.Parse(Name),
            Tls = new SmtpServerTls(Certificate),
            Authentication = new SmtpServerAuthentication(new SaslServerFactory(this, new SaslServerOptions { Mechanisms = [SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha256, SaslMechanisms.Plain], Iterations = 4096 }))
            {
                Requirement = AuthenticationRequirement.Required,
            },
            Features = SmtpServerFeatures.Dsn | SmtpServerFeatures.Chunking,
            Extensions = [new RequireTlsExtension()],
        };
        change?.Invoke(_options);
        _listener.Start();
        _serving = AcceptAsync();
    }

    public static string RootPem => Authority.Certificate.ExportCertificatePem();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The messages that were taken.</summary>
    public ConcurrentQueue<(SmtpEnvelope Envelope, string Content)> Taken { get; } = [];

    /// <summary>How a message that is whole is answered; null takes it.</summary>
    public Func<SmtpEnvelope, CancellationToken, Task<SmtpRefusal?>>? Judge { get; set; }

    public int Sessions { get; private set; }

    public override ValueTask<SmtpRefusal?> OnConnectAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
    {
        Sessions++;
        return default;
    }

    public override ValueTask<SmtpRefusal?> OnRecipientAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, MailPath recipient, CancellationToken cancellationToken) => new(recipient.LocalPart switch
    {
        "nobody" => new SmtpRefusal(550, new EnhancedStatus(5, 1, 1), "no such user"),
        "later" => new SmtpRefusal(451, new EnhancedStatus(4, 2, 1), "come again"),
        "forbidden" => new SmtpRefusal(550, new EnhancedStatus(5, 7, 1), "not for you"),
        "full" => new SmtpRefusal(550, new EnhancedStatus(5, 2, 2), "mailbox full"),
        _ => (SmtpRefusal?)null,
    });

    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => new(new Sink(this, envelope));

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<SaslLookup<ScramCredential>>(userName == User && hash == ScramHash.Sha256 ? new SaslLookup<ScramCredential>.Found(Credential) : new SaslLookup<ScramCredential>.NotFound());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                sessions.Add(SmtpServerSession.FromSocket(socket, _options, this, _start).RunAsync(_stop.Token, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private sealed class Sink(SubmissionServer server, SmtpEnvelope envelope) : MessageSink
    {
        private readonly ArrayBufferWriter<byte> _content = new();

        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        {
            foreach (var part in content)
                _content.Write(part.Span);
            return default;
        }

        public override async ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
        {
            if (server.Judge is { } judge && await judge(envelope, cancellationToken) is { } refusal)
                return new SmtpSubmissionResult.Refused(refusal);
            server.Taken.Enqueue((envelope, Encoding.UTF8.GetString(_content.WrittenSpan)));
            return new SmtpSubmissionResult.Accepted("taken");
        }

        public override ValueTask DisposeAsync() => default;
    }
}
