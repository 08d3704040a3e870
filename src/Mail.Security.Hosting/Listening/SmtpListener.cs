using System.Collections.Concurrent;
using System.Net;
using Mail.Security.SmtpServer;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mail.Security.Hosting;

/// <summary>Accepts connections on Kestrel's sockets and runs an SMTP session on each, as a hosted service or by itself.</summary>
/// <remarks>
/// Stopping closes the endpoints first, tells every session to end (a session in the middle of a message goes on until it is over or
/// <see cref="SmtpServerTimeouts.ShutdownGrace"/> has passed), and breaks off what is left when the host's patience ends.
/// </remarks>
public sealed class SmtpListener : IHostedService, IAsyncDisposable
{
    private const int MinReadBuffer = 128 * 1024;

    private readonly SmtpListenerOptions _options;
    private readonly SmtpHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SmtpServerMetrics? _metrics;
    private readonly ConnectionGate _gate;
    private readonly SocketTransportFactory _sockets;
    private readonly List<(SmtpEndpoint Endpoint, IConnectionListener Listener, Task Accepting)> _open = [];
    private readonly ConcurrentDictionary<Task, byte> _sessions = [];
    private readonly CancellationTokenSource _shutdown = new();
    private readonly CancellationTokenSource _abort = new();
    private int _disposed;

    /// <summary>Makes a listener; <see cref="StartAsync"/> opens its endpoints.</summary>
    /// <param name="options">Where to listen; read once, here.</param>
    /// <param name="handler">What is done with mail.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="loggers">Makes the logs of the listener and of its sessions; null for none.</param>
    /// <param name="metrics">The meter of sessions; null for none.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public SmtpListener(SmtpListenerOptions options, SmtpHandler handler, TimeProvider? time = null, ILoggerFactory? loggers = null, SmtpServerMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        loggers ??= NullLoggerFactory.Instance;
        (_options, _handler, _time, _metrics) = (options, handler, time ?? TimeProvider.System, metrics);
        _logger = loggers.CreateLogger<SmtpListener>();
        var most = Math.Min(options.MaxConnections, OpenFiles.MaxConnections ?? int.MaxValue);
        if (most < options.MaxConnections)
            HostingLog.ConnectionsBounded(_logger, most, options.MaxConnections);
        _gate = new(options, most, _time, _logger, metrics);
        // A session's own limits pace its client; the socket need not read far ahead of it.
        var readBuffer = Math.Max(MinReadBuffer, 2 * options.Endpoints.Max(endpoint => options.ServerOf(endpoint).MaxCommandLine));
        _sockets = new(Options.Create(new SocketTransportOptions
        {
            MaxReadBufferSize = readBuffer,
            UnsafePreferInlineScheduling = options.Scheduling == SessionScheduling.Inline,
        }), loggers);
    }

    /// <summary>The addresses and ports that are open, in the order of the options, with the ports that were chosen for 0. Empty before the start.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _open.Select(open => open.Listener.EndPoint)];

    /// <summary>Opens every endpoint and begins to accept.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">An endpoint cannot be opened; those opened before are closed again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var endpoint in _options.Endpoints)
            {
                var listener = await BindAsync(endpoint.Address, cancellationToken).ConfigureAwait(false);
                _open.Add((endpoint, listener, Task.Run(() => AcceptAsync(endpoint, listener), CancellationToken.None)));
                var tls = _options.ServerOf(endpoint).Tls;
                HostingLog.Listening(_logger, listener.EndPoint, endpoint.TlsStart, tls is null ? "not offered" : tls.Requirement.ToString().ToLowerInvariant());
            }
        }
        catch
        {
            await UnbindAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops accepting, lets sessions end, and breaks off those that are left when the token is cancelled.</summary>
    /// <param name="cancellationToken">The end of patience.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        HostingLog.ListenersStopping(_logger, _sessions.Count);
        await UnbindAsync().ConfigureAwait(false);
        await _shutdown.CancelAsync().ConfigureAwait(false);
        using (cancellationToken.UnsafeRegister(static state => ((SmtpListener)state!).Abort(), this))
            await Task.WhenAll(_sessions.Keys).ConfigureAwait(false);
    }

    /// <summary>Closes the endpoints and breaks off every session that is left. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await UnbindAsync().ConfigureAwait(false);
        Abort();
        await Task.WhenAll(_sessions.Keys).ConfigureAwait(false);
        _shutdown.Dispose();
        _abort.Dispose();
    }

    private async ValueTask<IConnectionListener> BindAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            return await _sockets.BindAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or AddressInUseException)
        {
            throw new IOException($"Cannot listen for SMTP on {address}: {exception.Message}", exception);
        }
    }

    private async Task UnbindAsync()
    {
        foreach (var (_, listener, accepting) in _open)
        {
            await listener.UnbindAsync().ConfigureAwait(false);
            await accepting.ConfigureAwait(false);
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Abort()
    {
        if (!_sessions.IsEmpty)
            HostingLog.AbortingSessions(_logger, _sessions.Count);
        _abort.Cancel();
    }

    private async Task AcceptAsync(SmtpEndpoint endpoint, IConnectionListener listener)
    {
        try
        {
            while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
            {
                var session = Task.Run(() => ServeAsync(endpoint, connection));
                _sessions.TryAdd(session, 0);
                _ = session.ContinueWith(static (done, sessions) => ((ConcurrentDictionary<Task, byte>)sessions!).TryRemove(done, out _),
                    _sessions, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception exception)
        {
            HostingLog.AcceptFaulted(_logger, listener.EndPoint, exception);
        }
    }

    private async Task ServeAsync(SmtpEndpoint endpoint, ConnectionContext connection)
    {
        await using var _ = connection.ConfigureAwait(false);
        var server = _options.ServerOf(endpoint);
        var verdict = _gate.Enter(connection.RemoteEndPoint, server, out var place);
        using var leaving = place;
        try
        {
            if (place is null)
            {
                await TurnAwayAsync(endpoint, connection, verdict).ConfigureAwait(false);
                return;
            }
            var info = new SmtpSessionInfo(connection.RemoteEndPoint, connection.LocalEndPoint, endpoint.TlsStart) { Admission = place };
            var session = new SmtpServerSession(connection.Transport, server, _handler, info, _time, _logger, _metrics);
            await session.RunAsync(_shutdown.Token, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            HostingLog.SessionFaulted(_logger, connection.RemoteEndPoint, exception);
        }
    }

    // Where TLS comes first there is nobody to say it to: a handshake costs more than the session that is refused.
    private async ValueTask TurnAwayAsync(SmtpEndpoint endpoint, ConnectionContext connection, ConnectionVerdict verdict)
    {
        if (endpoint.TlsStart == TlsStart.OnRequest)
            await connection.Transport.Output.WriteAsync(ConnectionGate.Farewell(_options.ServerOf(endpoint), verdict)).ConfigureAwait(false);
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await connection.Transport.Input.CompleteAsync().ConfigureAwait(false);
    }
}
