using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Mail.Security;
using Mail.Security.Hosting;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Interop.Tests;

/// <summary>The server under test in this process: the listener of Hosting, a handler that keeps what arrives, and a tap before it that keeps what the client said.</summary>
internal sealed class RecordingServer : SmtpHandler, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Arrival> _arrivals = [];
    private readonly ConcurrentBag<string> _aborted = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly SmtpListener _listener;
    private WireTap? _tap;

    private RecordingServer(Action<SmtpServerOptions>? configure, TlsStart tlsStart)
    {
        var server = new SmtpServerOptions
        {
            HostName = DomainName.Parse(ClientWorld.Host),
            Tls = new SmtpServerTls(ClientWorld.Certificate),
            Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.BinaryMime | SmtpServerFeatures.Dsn | SmtpServerFeatures.Limits,
        };
        configure?.Invoke(server);
        _listener = new SmtpListener(
            new SmtpListenerOptions { Server = server, Endpoints = { new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, 0)) { TlsStart = tlsStart } } }, this);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint => _tap!.EndPoint;

    /// <summary>The port in words.</summary>
    public string Port => EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The logins that succeeded.</summary>
    public ConcurrentQueue<SmtpAuthentication> Logins { get; } = [];

    /// <summary>What clients said.</summary>
    public WireTap Tap => _tap!;

    /// <summary>How many messages were taken.</summary>
    public int Count
    {
        get { lock (_arrivals) return _arrivals.Count; }
    }

    /// <summary>Starts the server; its tap listens on this loopback address.</summary>
    public static async Task<RecordingServer> StartAsync(Action<SmtpServerOptions>? configure = null, string address = "127.0.0.1", TlsStart tlsStart = TlsStart.OnRequest)
    {
        var server = new RecordingServer(configure, tlsStart);
        await server._listener.StartAsync(CancellationToken.None);
        server._tap = new WireTap(IPAddress.Parse(address), (IPEndPoint)server._listener.EndPoints[0]);
        return server;
    }

    /// <summary>Starts the server with the accounts of <see cref="AccountStore"/>, and takes mail of nobody else.</summary>
    public static Task<RecordingServer> StartWithLoginAsync(TlsStart tlsStart = TlsStart.OnRequest, string address = "127.0.0.1", params string[] mechanisms) =>
        StartAsync(options => options.Authentication = new SmtpServerAuthentication(AccountStore.Factory(mechanisms)) { Requirement = AuthenticationRequirement.Required }, address, tlsStart);

    /// <summary>Waits for the message that holds this text; what else is known is told when none comes.</summary>
    public async Task<Arrival> TakeAsync(string mark, Func<string>? explain = null)
    {
        var text = Encoding.ASCII.GetBytes(mark);
        return (await WaitAsync(arrivals => arrivals.FirstOrDefault(one => one.Content.AsSpan().IndexOf(text) >= 0)))
            ?? throw new InvalidOperationException($"no message with {mark} arrived\n{explain?.Invoke()}");
    }

    /// <summary>Waits until this many messages are here, and gives them all.</summary>
    public async Task<IReadOnlyList<Arrival>> TakeAllAsync(int count) =>
        await WaitAsync(arrivals => arrivals.Count >= count ? arrivals.ToList() : null) ?? throw new InvalidOperationException($"{Count} messages arrived, not {count}");

    /// <summary>Waits until the message whose sender this is was broken off.</summary>
    public async Task<bool> WaitForAbortAsync(string sender) => await WaitAsync(_ => _aborted.Contains(sender) ? "yes" : null) is not null;

    /// <inheritdoc/>
    public override ValueTask<SmtpRefusal?> OnAuthenticatedAsync(SmtpSessionInfo session, SmtpAuthentication authentication, CancellationToken cancellationToken)
    {
        Logins.Enqueue(authentication);
        return default;
    }

    /// <inheritdoc/>
    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) =>
        new(new Sink(this, session, envelope));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Tap.DisposeAsync();
        await _listener.DisposeAsync();
        _changed.Dispose();
    }

    private async Task<T?> WaitAsync<T>(Func<List<Arrival>, T?> find)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            while (true)
            {
                lock (_arrivals)
                {
                    if (find(_arrivals) is { } found)
                        return found;
                }
                await _changed.WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class Sink(RecordingServer server, SmtpSessionInfo session, SmtpEnvelope envelope) : MessageSink
    {
        private readonly MemoryStream _content = new();
        private Arrival? _arrival;

        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        {
            foreach (var part in content)
                _content.Write(part.Span);
            return default;
        }

        public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
        {
            _arrival = new Arrival(envelope, session.HelloName, session.GetProtocol(envelope), session.Tls?.ProtocolName ?? "", session.RemoteEndPoint?.ToString() ?? "", _content.ToArray()) { Login = session.Authentication };
            lock (server._arrivals)
                server._arrivals.Add(_arrival);
            server._changed.Release();
            return new(new SmtpSubmissionResult.Accepted("kept"));
        }

        public override ValueTask DisposeAsync()
        {
            if (_arrival is null)
            {
                server._aborted.Add(envelope.ReversePath.ToString());
                server._changed.Release();
            }
            return _content.DisposeAsync();
        }
    }
}
