using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Hosting;

/// <summary>Accepts connections and runs an SMTP session on each, as a hosted service or by itself.</summary>
/// <remarks>
/// Stopping closes the endpoints first, tells every session to end (a session in the middle of a message goes on until it is over or
/// <see cref="SmtpServerTimeouts.ShutdownGrace"/> has passed), and breaks off what is left when the host's patience ends.
/// </remarks>
public sealed class SmtpListener : IHostedService, IAsyncDisposable
{
    // A wait for a client that lasts longer, up to twice as long, holds no buffer.
    private static readonly TimeSpan IdleSweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromMinutes(1);

    private readonly SmtpListenerOptions _options;
    private readonly SmtpHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SmtpServerMetrics? _metrics;
    private readonly ConnectionGate _gate;
    private readonly Func<SmtpEndpoint, Socket, SocketDuplexPipe> _connect;
    private readonly List<(SmtpEndpoint Endpoint, SocketListener Listener, Task Accepting)> _open = [];
    private readonly ConcurrentDictionary<SocketDuplexPipe, Task> _sessions = [];
    private readonly ITimer _idleSweep;
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
        : this(options, handler, null, time, loggers, metrics)
    {
    }

    /// <summary>Makes a listener whose connections are made by somebody else.</summary>
    /// <param name="options">Where to listen.</param>
    /// <param name="handler">What is done with mail.</param>
    /// <param name="connect">Makes a connection of an accepted socket; null for <see cref="Connect"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The logs.</param>
    /// <param name="metrics">The meter.</param>
    internal SmtpListener(
        SmtpListenerOptions options, SmtpHandler handler, Func<SmtpEndpoint, Socket, SocketDuplexPipe>? connect, TimeProvider? time = null, ILoggerFactory? loggers = null,
        SmtpServerMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        loggers ??= NullLoggerFactory.Instance;
        (_options, _handler, _time, _metrics) = (options, handler, time ?? TimeProvider.System, metrics);
        _connect = connect ?? Connect;
        _logger = new IsolatedLogger(loggers.CreateLogger<SmtpListener>());
        var most = Math.Min(options.MaxConnections, OpenFiles.MaxConnections ?? int.MaxValue);
        if (most < options.MaxConnections)
            HostingLog.ConnectionsBounded(_logger, most, options.MaxConnections);
        _gate = new(options, most, _time, _logger, metrics);
        _idleSweep = _time.CreateTimer(static listener => ((SmtpListener)listener!).ReleaseIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
                cancellationToken.ThrowIfCancellationRequested();
                var listener = Open(endpoint.Address);
                using (ExecutionContext.SuppressFlow())     // the activity of the start is no parent of the sessions
                    _open.Add((endpoint, listener, Task.Run(() => AcceptAsync(endpoint, listener), CancellationToken.None)));
                var tls = _options.ServerOf(endpoint).Tls;
                HostingLog.Listening(_logger, listener.EndPoint, endpoint.TlsStart, tls is null ? "not offered" : tls.Requirement.ToString().ToLowerInvariant());
            }
            _idleSweep.Change(IdleSweep, IdleSweep);
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
            await Task.WhenAll(_sessions.Values).ConfigureAwait(false);
    }

    /// <summary>Closes the endpoints and breaks off every session that is left. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await UnbindAsync().ConfigureAwait(false);
        Abort();
        await Task.WhenAll(_sessions.Values).ConfigureAwait(false);
        await _idleSweep.DisposeAsync().ConfigureAwait(false);
        _shutdown.Dispose();
        _abort.Dispose();
    }

    private SocketListener Open(IPEndPoint address)
    {
        try
        {
            return SocketListener.Open(address, _time, _logger);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen for SMTP on {address}: {exception.Message}", exception);
        }
    }

    private async Task UnbindAsync()
    {
        foreach (var (_, listener, accepting) in _open)
        {
            listener.Dispose();
            await accepting.ConfigureAwait(false);
        }
    }

    private void ReleaseIdle()
    {
        foreach (var (connection, _) in _sessions)
            connection.ReleaseIdle();
    }

    private void Abort()
    {
        if (!_sessions.IsEmpty)
            HostingLog.AbortingSessions(_logger, _sessions.Count);
        _abort.Cancel();
    }

    private async Task AcceptAsync(SmtpEndpoint endpoint, SocketListener listener)
    {
        while (await listener.AcceptAsync().ConfigureAwait(false) is { } socket)
            Begin(endpoint, listener.EndPoint, socket);
    }

    // Whatever befalls one connection is its own end, and never that of accepting.
    private void Begin(SmtpEndpoint endpoint, EndPoint open, Socket socket)
    {
        SocketDuplexPipe? connection = null;
        try
        {
            connection = _connect(endpoint, socket);
            _sessions.TryAdd(connection, Task.CompletedTask);
            _sessions.TryUpdate(connection, ServeAsync(endpoint, connection), Task.CompletedTask);     // unless it is over already
        }
        catch (SocketException)
        {
            Abandon(connection, socket);       // a client may be gone again before anything is known of it
        }
        catch (Exception exception)
        {
            Abandon(connection, socket);
            HostingLog.ConnectionNotBegun(_logger, open, exception);
        }
    }

    private void Abandon(SocketDuplexPipe? connection, Socket socket)
    {
        if (connection is not null)
            _sessions.TryRemove(connection, out _);
        socket.Dispose();
    }

    private SocketDuplexPipe Connect(SmtpEndpoint endpoint, Socket socket)
    {
        socket.NoDelay = true;                              // replies are flushed by the group and should not wait
        var patience = _options.ServerOf(endpoint).Timeouts.Write;
        return new(socket, _options.Scheduling, ArrayPool<byte>.Shared) { Farewell = patience < LongestFarewell ? patience : LongestFarewell };
    }

    private async Task ServeAsync(SmtpEndpoint endpoint, SocketDuplexPipe connection)
    {
        await Task.Yield();     // the next connection is accepted meanwhile
        try
        {
            var server = _options.ServerOf(endpoint);
            var verdict = _gate.Enter(connection.RemoteEndPoint, server, out var place);
            using var leaving = place;
            if (place is null)
            {
                await TurnAwayAsync(endpoint, connection, verdict).ConfigureAwait(false);
                return;
            }
            var info = new SmtpSessionInfo(connection.RemoteEndPoint, connection.LocalEndPoint, endpoint.TlsStart) { Admission = place };
            var session = new SmtpServerSession(connection, server, _handler, info, _time, _logger, _metrics);
            await session.RunAsync(_shutdown.Token, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            HostingLog.SessionFaulted(_logger, connection.RemoteEndPoint, exception);
        }
        finally
        {
            Close(connection);
        }
    }

    private void Close(SocketDuplexPipe connection)
    {
        try
        {
            connection.Dispose();
        }
        catch (Exception exception)
        {
            HostingLog.SessionFaulted(_logger, connection.RemoteEndPoint, exception);
        }
        finally
        {
            _sessions.TryRemove(connection, out _);
        }
    }

    // Where TLS comes first there is nobody to say it to: a handshake costs more than the session that is refused.
    private async ValueTask TurnAwayAsync(SmtpEndpoint endpoint, SocketDuplexPipe connection, ConnectionVerdict verdict)
    {
        if (endpoint.TlsStart == TlsStart.OnRequest)
            await connection.Output.WriteAsync(ConnectionGate.Farewell(_options.ServerOf(endpoint), verdict)).ConfigureAwait(false);
        await connection.Output.CompleteAsync().ConfigureAwait(false);
        await connection.Input.CompleteAsync().ConfigureAwait(false);
    }
}
