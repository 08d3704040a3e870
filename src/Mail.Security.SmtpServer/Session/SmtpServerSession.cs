using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.SmtpServer;

/// <summary>One SMTP session: speaks with one client over a duplex pipe until either side ends it (RFC 5321, RFC 3207).</summary>
/// <remarks>
/// <para>A session owns its transport and completes both ends of it. It never throws for anything a client or a handler does; what
/// happened is in the <see cref="SessionEnd"/>. Replies are collected and sent with one flush for each group of commands that
/// arrived together, except where RFC 2920 §3.2 wants a reply at once.</para>
/// <para>A connection whose first command is an HTTP method, or that begins with a TLS handshake where the session starts in clear,
/// gets one reply 500 5.5.2 and is closed; an HTTP request line later in the session closes it too, whatever its form. Any other nonsense is an error like
/// others and the session stays in step.</para>
/// <para>What a log, a listener of the meter or a listener of activities throws is dropped.</para>
/// </remarks>
public sealed class SmtpServerSession
{
    private readonly IDuplexPipe _transport;
    private readonly Stream? _raw;
    private readonly SessionParts _parts;
    private int _started;

    /// <summary>Prepares a session; <see cref="RunAsync"/> runs it.</summary>
    /// <param name="transport">The connection. Its pipes must let at least <see cref="SmtpServerOptions.MaxCommandLine"/> bytes wait unread, and 12,290 where AUTH is offered (RFC 4954 §4).</param>
    /// <param name="options">What the listener offers.</param>
    /// <param name="handler">What is done with mail.</param>
    /// <param name="session">The connection's end points; of this session only.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="logger">The log; none by default.</param>
    /// <param name="metrics">The meter; none by default.</param>
    /// <exception cref="ArgumentException">The options are not usable, or implicit TLS is asked for without a certificate.</exception>
    public SmtpServerSession(
        IDuplexPipe transport, SmtpServerOptions options, SmtpHandler handler, SmtpSessionInfo session,
        TimeProvider? time = null, ILogger? logger = null, SmtpServerMetrics? metrics = null)
        : this(transport, null, options, handler, session, time, logger, metrics)
    {
    }

    private SmtpServerSession(
        IDuplexPipe transport, Stream? raw, SmtpServerOptions options, SmtpHandler handler, SmtpSessionInfo session,
        TimeProvider? time, ILogger? logger, SmtpServerMetrics? metrics)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(session);
        options.Validate();
        if (session.TlsStart == TlsStart.Immediately && options.Tls is null)
            throw new ArgumentException("Implicit TLS needs a certificate.", nameof(options));
        (_transport, _raw) = (transport, raw);
        _parts = new(options, handler, session, time ?? TimeProvider.System, logger is null ? NullLogger.Instance : new IsolatedLogger(logger), metrics);
    }

    /// <summary>Prepares a session over a stream, which it owns and disposes.</summary>
    /// <inheritdoc cref="SmtpServerSession(IDuplexPipe, SmtpServerOptions, SmtpHandler, SmtpSessionInfo, TimeProvider, ILogger, SmtpServerMetrics)"/>
    public static SmtpServerSession FromStream(
        Stream stream, SmtpServerOptions options, SmtpHandler handler, SmtpSessionInfo session,
        TimeProvider? time = null, ILogger? logger = null, SmtpServerMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(new StreamDuplexPipe(stream), stream, options, handler, session, time, logger, metrics);
    }

    /// <summary>Prepares a session over a connected socket, which it owns. Sets NoDelay: replies are flushed by the group and should not wait.</summary>
    /// <param name="socket">The connection; its end points describe the session.</param>
    /// <param name="options">What the listener offers.</param>
    /// <param name="handler">What is done with mail.</param>
    /// <param name="tlsStart">When the TLS handshake comes.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="logger">The log; none by default.</param>
    /// <param name="metrics">The meter; none by default.</param>
    public static SmtpServerSession FromSocket(
        Socket socket, SmtpServerOptions options, SmtpHandler handler, TlsStart tlsStart = TlsStart.OnRequest,
        TimeProvider? time = null, ILogger? logger = null, SmtpServerMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        var session = new SmtpSessionInfo(socket.RemoteEndPoint, socket.LocalEndPoint, tlsStart);
        return FromStream(new NetworkStream(socket, ownsSocket: true), options, handler, session, time, logger, metrics);
    }

    /// <summary>Runs the session to its end. Call it once.</summary>
    /// <param name="shutdown">
    /// Ends the session politely: at once when no transaction is open, else when it is over or <see cref="SmtpServerTimeouts.ShutdownGrace"/>
    /// has passed, with 421 4.3.2.
    /// </param>
    /// <param name="abort">Ends the session at once and without a word; a message under way is dropped. Only the reply to a message that was accepted is still tried, for a second.</param>
    /// <returns>How the session ended. Neither token makes this task fail.</returns>
    public async Task<SessionEnd> RunAsync(CancellationToken shutdown, CancellationToken abort = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A session runs once.");
        var (session, logger) = (_parts.Session, _parts.Logger);
        _parts.Metrics?.SessionStarted();
        ServerLog.Started(logger, session.Id, session.RemoteEndPoint);
        _parts.Trace.StartSession();
        var (reason, detail) = (SessionEndReason.Unspecified, "");
        try
        {
            SessionEnd end;
            var connection = new ServerConnection(_transport, _raw);
            await using (connection.ConfigureAwait(false))
            {
                using var clock = new SessionClock(_parts.Time, _parts.Options.Timeouts.ShutdownGrace, abort, shutdown);
                end = await new SessionRunner(connection, clock, _parts, shutdown).RunAsync().ConfigureAwait(false);
            }
            (reason, detail) = (end.Reason, end.Detail);
            ServerLog.Ended(logger, session.Id, session.RemoteEndPoint, end.Reason, end.AcceptedMessages, end.Detail);
            return end;
        }
        finally
        {
            _parts.Trace.EndSession(reason, detail);
            _parts.Metrics?.SessionEnded(reason);
        }
    }
}
