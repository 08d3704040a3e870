using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Mail.Security;
using Mail.Security.Hosting;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;
using Relay.Configuration;

namespace Relay.Tests;

/// <summary>A submission server that takes mail from one account only, by STARTTLS with a certificate for its name.</summary>
internal sealed class TestProvider : SmtpHandler, IAsyncDisposable
{
    public const string Name = "smtp.provider.example";
    public const string Account = "relay-account";
    public const string Password = "correct horse";

    private readonly ConcurrentQueue<Taken> _taken = new();
    private SmtpListener? _listener;

    /// <summary>One message: who sent it, in which session, to whom.</summary>
    internal sealed record Taken(string Account, string Session, string Recipient);

    public IReadOnlyList<Taken> Messages => [.. _taken];

    public int Port => ((IPEndPoint)_listener!.EndPoints[0]).Port;

    public static async Task<TestProvider> StartAsync(TestCertificateAuthority authority, string folder, CancellationToken cancellationToken)
    {
        var accounts = Path.Combine(folder, "provider-accounts");
        CredentialTests.Keep(accounts, CredentialTests.Make($"--Name {Account} --Iterations 4096", Password));
        var options = new SmtpListenerOptions();
        options.Server.HostName = DomainName.Parse(Name);
        options.Server.Tls = new SmtpServerTls(authority.Issue(Name)) { Requirement = TlsRequirement.Required };
        options.Server.Authentication = new SmtpServerAuthentication(CredentialFile.Load(accounts).CreateFactory(LoginKey.Open(Path.Combine(folder, "provider-key")))) { Requirement = AuthenticationRequirement.Required };
        options.Endpoints.Add(new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, 0)));
        var provider = new TestProvider();
        provider._listener = new SmtpListener(options, provider);
        await provider._listener.StartAsync(cancellationToken);
        return provider;
    }

    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) =>
        new(new Sink(this, new Taken(session.Authentication!.AuthorizationIdentity, session.Id, envelope.Recipients[0].Path.ToString())));

    public async ValueTask DisposeAsync()
    {
        await _listener!.StopAsync(CancellationToken.None);
        await _listener.DisposeAsync();
    }

    private sealed class Sink(TestProvider provider, Taken taken) : MessageSink
    {
        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

        public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
        {
            provider._taken.Enqueue(taken);
            return new(new SmtpSubmissionResult.Accepted("taken"));
        }

        public override ValueTask DisposeAsync() => default;
    }
}
