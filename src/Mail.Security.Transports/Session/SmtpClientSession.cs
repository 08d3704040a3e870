using System.Diagnostics;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>A client's SMTP session over one connection: one message after the other, each with an outcome for every recipient.</summary>
/// <remarks>
/// <para>What the server or the network does comes back as a value; exceptions are for misuse and cancellation. After a cancellation or
/// an exception out of the content the connection is closed, because a half-sent message must not be completed.</para>
/// <para>Use by one caller at a time. Missing 8BITMIME is a local refusal of content that is 8-bit; conversion is not done here.</para>
/// </remarks>
public sealed class SmtpClientSession : IAsyncDisposable
{
    private static readonly byte[] RsetCommand = "RSET\r\n"u8.ToArray();
    private static readonly byte[] QuitCommand = "QUIT\r\n"u8.ToArray();

    private readonly SmtpConnection _connection;
    private readonly SmtpSessionSettings _settings;
    private int _busy;
    private TransactionEnd _last;

    private SmtpClientSession(SmtpConnection connection, SmtpSessionSettings settings, SessionOpener opened)
    {
        (_connection, _settings) = (connection, settings);
        (Greeting, Capabilities, Tls) = (opened.Greeting!, opened.Capabilities, opened.Tls);
        Channel = new SmtpChannel(Tls switch
        {
            null => ChannelSecurity.Clear,
            { Verdict: PeerVerdict.Authenticated } => ChannelSecurity.Authenticated,
            _ => ChannelSecurity.Encrypted,
        });
    }

    /// <summary>What the server announced in its last answer to EHLO; under TLS, only what it announced there (RFC 3207 §4.2).</summary>
    public EhloCapabilities Capabilities { get; }

    /// <summary>The TLS of the session; null in the clear.</summary>
    public TlsSession? Tls { get; }

    /// <summary>What protects the connection: authenticated only when the verifier said so.</summary>
    public SmtpChannel Channel { get; }

    /// <summary>The server's greeting.</summary>
    public SmtpReply Greeting { get; }

    /// <summary>Whether another transaction may follow.</summary>
    public SessionState State => _last == TransactionEnd.Broken ? SessionState.Broken : SessionState.Reusable;

    /// <summary>Takes a fresh connection through greeting, EHLO and TLS (RFC 5321 §3.1, §3.2; RFC 3207 §4).</summary>
    /// <param name="connection">The connection; owned by the session, and closed when none comes about.</param>
    /// <param name="settings">How to open and run the session.</param>
    /// <param name="time">The clock of the time limits; null takes the system's.</param>
    /// <param name="cancellationToken">Gives up; the connection is closed.</param>
    /// <returns><see cref="SessionOpenResult.Opened"/> with the TLS that was asked for, or <see cref="SessionOpenResult.Failed"/>; never a session with less.</returns>
    /// <exception cref="ArgumentException">TLS without a verifier, no hello name, or a limit that is not positive or over a day.</exception>
    public static async ValueTask<SessionOpenResult> OpenAsync(Stream connection, SmtpSessionSettings settings, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(settings);
        SettingsCheck.ThrowIfInvalid(settings);
        var wire = new SmtpConnection(connection, settings, time ?? TimeProvider.System);
        var opener = new SessionOpener(wire, settings);
        SmtpClientSession? session = null;
        using var activity = TransportsTelemetry.Activities.StartActivity("smtp.open", ActivityKind.Client);
        try
        {
            var failure = await opener.RunAsync(cancellationToken).ConfigureAwait(false);
            TransportsTelemetry.SessionOpened(opener.Tls, failure, settings.Logger);
            if (failure is null)
                return new SessionOpenResult.Opened(session = new SmtpClientSession(wire, settings, opener));
            activity?.SetStatus(ActivityStatusCode.Error, failure.Kind.ToString());
            if (IsPolite(failure))
                await wire.WriteAsync(QuitCommand, settings.Timeouts.Quit, cancellationToken).ConfigureAwait(false);    // manners; nobody waits for the answer
            return new SessionOpenResult.Failed(failure);
        }
        finally
        {
            if (session is null)
                await wire.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends one message: MAIL, RCPT for each recipient and DATA, in one flight when the server announces PIPELINING (RFC 2920 §3.1).</summary>
    /// <param name="envelope">The envelope, with at least one recipient.</param>
    /// <param name="content">The content; read once, and not at all when nobody is accepted.</param>
    /// <param name="cancellationToken">Gives up; the connection is closed. A message given up after its final dot may have been delivered.</param>
    /// <returns>One outcome for each recipient. A content with a bare CR, LF or NUL is refused for all, and the connection is closed without the final dot.</returns>
    /// <exception cref="ArgumentException">The envelope has no recipient, or the null path as one.</exception>
    /// <exception cref="InvalidOperationException">The session is broken or in use.</exception>
    /// <exception cref="InvalidDataException">The content has not the length it says; the connection is closed without the final dot.</exception>
    public async ValueTask<TransactionResult> SendAsync(SmtpEnvelope envelope, MessageContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        var outcomes = new OutcomeBoard(envelope.Recipients);
        Enter();
        var before = _last;
        if (before == TransactionEnd.Broken)
        {
            Volatile.Write(ref _busy, 0);
            throw new InvalidOperationException("The session is broken: open another.");
        }
        _last = TransactionEnd.Broken;      // until proven otherwise: an exception below leaves a message half sent
        try
        {
            using var activity = TransportsTelemetry.Activities.StartActivity("smtp.transaction", ActivityKind.Client);
            var parameters = await new MailPreparation(this, _settings.Extensions).PrepareAsync(envelope, content, outcomes, cancellationToken).ConfigureAwait(false);
            if (!outcomes.AnyOpen)
                return Finish(outcomes, null, before);      // nothing touched the wire

            var failure = before == TransactionEnd.NeedsReset ? await ResetAsync(cancellationToken).ConfigureAwait(false) : null;
            if (failure is not null)
                return Finish(outcomes, failure, TransactionEnd.Broken);
            var transaction = new MailTransaction(_connection, _settings, outcomes);
            var end = await transaction.RunAsync(new MailJob(envelope.ReversePath, parameters, content, Capabilities.Pipelining ? Flight.Pipelined : Flight.LockStep), cancellationToken).ConfigureAwait(false);
            return Finish(outcomes, transaction.Failure, end);
        }
        finally
        {
            if (_last == TransactionEnd.Broken)
                await _connection.DisposeAsync().ConfigureAwait(false);
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Ends the session with QUIT and closes the connection; all within <see cref="SmtpTimeouts.Quit"/> for each step.</summary>
    /// <param name="cancellationToken">Closes at once.</param>
    /// <returns>When the connection is closed. A server that does not answer is no failure: the mail is with whoever took it.</returns>
    public async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            if (_last == TransactionEnd.Broken)
                return;
            _last = TransactionEnd.Broken;
            var limit = _settings.Timeouts.Quit;
            var result = await _connection.WriteAsync(QuitCommand, limit, cancellationToken).ConfigureAwait(false);
            if (result.Fault is null)
                result = await _connection.ReadReplyAsync(limit, cancellationToken).ConfigureAwait(false);
            if (result.Fault is null)
                await _connection.ShutdownAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Closes the connection without QUIT.</summary>
    /// <returns>When it is closed.</returns>
    public ValueTask DisposeAsync()
    {
        _last = TransactionEnd.Broken;
        return _connection.DisposeAsync();
    }

    // Who refuses is told QUIT; who says 421 is gone, and after the 220 of STARTTLS nothing more is said in the clear.
    private static bool IsPolite(SessionFailure failure) =>
        failure is { Reply.Code: not 421, Kind: not SessionFailureKind.StartTlsInjection } or { Kind: SessionFailureKind.StartTlsNotOffered };

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("The session is in use: a session carries one transaction at a time.");
    }

    private TransactionResult Finish(OutcomeBoard outcomes, SessionFailure? failure, TransactionEnd end)
    {
        _last = end;
        var result = new TransactionResult(outcomes.Seal(failure), failure is null ? null : failure with { Verdict = Tls?.Verdict, PeerCertificate = Tls?.PeerCertificate }, State);
        TransportsTelemetry.TransactionEnded(result, _settings.Logger);
        return result;
    }

    private async ValueTask<SessionFailure?> ResetAsync(CancellationToken cancellationToken)
    {
        var result = await _connection.ExchangeAsync(RsetCommand, _settings.Timeouts.Command, cancellationToken).ConfigureAwait(false);
        if (result.Fault is { } fault)
            return fault.At(SmtpStage.Reset);
        var reply = result.Reply!;
        return reply.IsPositive ? null
            : new SessionFailure(reply.Code == 421 ? SessionFailureKind.Refused421 : SessionFailureKind.ProtocolViolation, SmtpStage.Reset, reply, null, reply.ToString());
    }
}
