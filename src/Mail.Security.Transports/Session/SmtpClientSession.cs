using System.Diagnostics;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>A client's SMTP session over one connection: one message after the other, each with an outcome for every recipient.</summary>
/// <remarks>
/// <para>What the server or the network does comes back as a value; exceptions are for misuse and cancellation. After a cancellation or
/// an exception out of the content the connection is closed, because a half-sent message must not be completed.</para>
/// <para>Use by one caller at a time. Content that the server cannot be sent as it is, is converted by <see cref="SmtpSessionSettings.Converter"/> or refused by this side.</para>
/// </remarks>
public sealed class SmtpClientSession : IAsyncDisposable
{
    private static readonly SmtpRefusal UsedUp = new(452, new EnhancedStatus(4, 5, 3), "the server takes no more of this message in this session");
    private static readonly byte[] QuitCommand = "QUIT\r\n"u8.ToArray();

    private readonly SmtpConnection _connection;
    private readonly SmtpSessionSettings _settings;
    private readonly MailPreparation _preparation;
    private readonly MailTransaction _transaction;
    private readonly MailQueue _queue;
    private readonly MailSlot _single = new();
    private readonly Flight _flight;
    private int _busy;
    private TransactionEnd _last;
    private TransactionEnd _position;       // of the work that is on

    private SmtpClientSession(SmtpConnection connection, SmtpSessionSettings settings, SessionOpener opened)
    {
        (_connection, _settings) = (connection, settings);
        (Greeting, Capabilities, Tls, AuthenticationMechanism) = (opened.Greeting!, opened.Capabilities, opened.Tls, opened.Mechanism);
        Channel = new SmtpChannel(Tls switch
        {
            null => ChannelSecurity.Clear,
            { Verdict: PeerVerdict.Authenticated } => ChannelSecurity.Authenticated,
            _ => ChannelSecurity.Encrypted,
        });
        _flight = Capabilities.Pipelining ? Flight.Pipelined : Flight.LockStep;
        Limits = AnnouncedLimits.From(Capabilities);
        Domains = Limits.RecipientDomains is null ? null : [];
        (_preparation, _transaction) = (new MailPreparation(this, settings), new MailTransaction(connection, settings));
        _queue = new MailQueue(this, _preparation);
    }

    /// <summary>What the server announced in its last answer to EHLO; under TLS, only what it announced there (RFC 3207 §4.2).</summary>
    public EhloCapabilities Capabilities { get; }

    /// <summary>The TLS of the session; null in the clear.</summary>
    public TlsSession? Tls { get; }

    /// <summary>What protects the connection: authenticated only when the verifier said so.</summary>
    public SmtpChannel Channel { get; }

    /// <summary>The mechanism by which the session was logged in, such as "SCRAM-SHA-256-PLUS"; null when it was not to be.</summary>
    public string? AuthenticationMechanism { get; }

    /// <summary>The server's greeting.</summary>
    public SmtpReply Greeting { get; }

    /// <summary>How many transactions have begun with MAIL.</summary>
    public int Transactions => _transaction.Count;

    /// <summary>What the server announced of its limits. Recipients beyond them go in further transactions of the same call.</summary>
    public AnnouncedLimits Limits { get; }

    /// <summary>Whether another transaction may follow.</summary>
    public SessionState State => StateAt(_last);

    /// <summary>The domains of the recipients this session has named; null where the server did not limit them.</summary>
    internal HashSet<DomainName>? Domains { get; }

    /// <summary>The server takes no domain that it has not been told in this session.</summary>
    internal bool IsFullOfDomains => Domains?.Count >= Limits.RecipientDomains;

    /// <summary>The server takes no further transaction.</summary>
    internal bool IsSpent => _transaction.Count >= (Limits.Transactions ?? int.MaxValue);

    /// <summary>Takes a fresh connection through greeting, EHLO, TLS and login (RFC 5321 §3.1, §3.2; RFC 3207 §4; RFC 4954 §4).</summary>
    /// <param name="connection">The connection; owned by the session, and closed when none comes about.</param>
    /// <param name="settings">How to open and run the session.</param>
    /// <param name="time">The clock of the time limits; null takes the system's.</param>
    /// <param name="cancellationToken">Gives up; the connection is closed.</param>
    /// <returns><see cref="SessionOpenResult.Opened"/> with the TLS and the login that were asked for, or <see cref="SessionOpenResult.Failed"/>; never a session with less.</returns>
    /// <exception cref="ArgumentException">TLS without a verifier, no hello name, or a limit that is not positive or over a day.</exception>
    public static async ValueTask<SessionOpenResult> OpenAsync(Stream connection, SmtpSessionSettings settings, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        SmtpConnection? wire = null;
        SmtpClientSession? session = null;
        using var activity = TransportsTelemetry.Activities.StartActivity("smtp.open", ActivityKind.Client);
        try
        {
            ArgumentNullException.ThrowIfNull(settings);
            SettingsCheck.ThrowIfInvalid(settings);
            wire = new SmtpConnection(connection, settings, time ?? TimeProvider.System);
            var opener = new SessionOpener(wire, settings, time ?? TimeProvider.System);
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
            if (wire is null)
                await connection.DisposeAsync().ConfigureAwait(false);
            else if (session is null)
                await wire.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends one message: MAIL, RCPT for each recipient and DATA, in one flight when the server announces PIPELINING (RFC 2920 §3.1).</summary>
    /// <param name="envelope">The envelope, with at least one recipient.</param>
    /// <param name="content">The content; read once, and not at all when nobody is accepted.</param>
    /// <param name="cancellationToken">Gives up; the connection is closed. A message given up after its final dot may have been delivered.</param>
    /// <returns>One outcome for each recipient. A content with a bare CR, LF or NUL is refused for all, and the connection is closed without the final dot.</returns>
    /// <exception cref="ArgumentException">The envelope has no recipient, or the null path as one.</exception>
    /// <exception cref="InvalidOperationException">The session is broken, used up or in use.</exception>
    /// <exception cref="InvalidDataException">The content has not the length it says; the connection is closed without the final dot.</exception>
    public async ValueTask<TransactionResult> SendAsync(SmtpEnvelope envelope, MessageContent content, CancellationToken cancellationToken = default)
    {
        var report = new TransactionReport();
        await SendIntoAsync(new MailItem(envelope, content), report, cancellationToken).ConfigureAwait(false);
        return report.ToResult();
    }

    /// <summary>The same, with the outcomes in a report that the caller keeps for the next message: nothing is allocated for a content in memory.</summary>
    /// <param name="item">The message.</param>
    /// <param name="report">
    /// Receives one outcome for each recipient; what it held is gone. Also when this throws: where the limits of the server asked for several
    /// transactions, somebody may have been accepted before. All who were not decided are deferred then.
    /// </param>
    /// <param name="cancellationToken">Gives up; the connection is closed. A message given up after its final dot may have been delivered.</param>
    /// <returns>When all is decided.</returns>
    /// <inheritdoc cref="SendAsync(SmtpEnvelope, MessageContent, CancellationToken)" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendIntoAsync(MailItem item, TransactionReport report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        Begin();
        try
        {
            using var heeded = _connection.Heed(cancellationToken);
            ThrowIfSpent();
            _single.Begin(item, report);
            await SendAsync(_single, null, cancellationToken).ConfigureAwait(false);
            _last = _position;
        }
        catch when (ReferenceEquals(_single.Report, report))
        {
            report.Seal(null, SessionState.Broken);         // what was decided in an earlier turn stands
            throw;
        }
        finally
        {
            _single.Clear();
            await EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends one message after the other as long as the feed has one and the session can be used.</summary>
    /// <remarks>
    /// Where the server announces PIPELINING the next envelope goes together with the end of the content before it, which saves a round trip for
    /// each message. A message whose envelope was on its way when the connection failed is deferred at MAIL: nothing of it was delivered.
    /// </remarks>
    /// <param name="feed">Gives the messages and hears what became of them.</param>
    /// <param name="cancellationToken">
    /// Gives up; the connection is closed. The message that was being sent may have been delivered; the feed hears of it what was decided until then.
    /// </param>
    /// <returns>Whether the session may be used again. What was left in the feed was not touched.</returns>
    /// <exception cref="InvalidOperationException">The session is broken, used up or in use.</exception>
    /// <exception cref="InvalidDataException">A content has not the length it says; the connection is closed without the final dot.</exception>
    public async ValueTask<SessionState> SendAllAsync(MailFeed feed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(feed);
        Begin();
        try
        {
            using var heeded = _connection.Heed(cancellationToken);
            ThrowIfSpent();
            _queue.Open(feed);
            while (_position != TransactionEnd.Broken && (!IsSpent || _queue.Held is not null) && _queue.Next() is { } slot)
            {
                try
                {
                    await SendAsync(slot, _queue, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    slot.Report.Seal(null, SessionState.Broken);
                    feed.OnEnded(slot.Item, slot.Report);
                    if (_queue.Held is { } held)
                    {
                        held.Report.Seal(null, SessionState.Broken);        // taken out of the feed, and not sent
                        feed.OnEnded(held.Item, held.Report);
                    }
                    throw;
                }
                feed.OnEnded(slot.Item, slot.Report);
            }
            if (_queue.Held is { } left)
            {
                var stage = left.Progress == SlotProgress.SentAhead ? SmtpStage.Mail : SmtpStage.Local;
                Finish(left, _transaction.Failure is { } failure ? failure with { Stage = stage } : null, TransactionEnd.Broken);
                feed.OnEnded(left.Item, left.Report);
            }
            _last = _position;
        }
        finally
        {
            _queue.Close();
            await EndAsync().ConfigureAwait(false);
        }
        return State;
    }

    /// <summary>Looks whether the server has said something, or has gone, while the session was idle; does not wait and sends nothing.</summary>
    /// <returns>Null when nothing has come. Otherwise the session is broken: why is what it says, and dispose of it.</returns>
    /// <exception cref="InvalidOperationException">The session is broken or in use.</exception>
    public SessionFailure? CheckIdle()
    {
        Begin();
        try
        {
            var failure = _connection.Look() is { } reply ? _transaction.FailureOf(reply, SmtpStage.Idle) : null;
            _last = failure is null ? _position : TransactionEnd.Broken;
            return failure is null ? null : Explain(failure);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Asks the server whether it is still there: by RSET where it may hold an envelope, and by NOOP otherwise.</summary>
    /// <param name="cancellationToken">Gives up; the connection is closed.</param>
    /// <returns>Null when it answered as it should; the next transaction need not begin with RSET then. Otherwise the session is broken.</returns>
    /// <exception cref="InvalidOperationException">The session is broken or in use.</exception>
    public async ValueTask<SessionFailure?> ProbeAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        try
        {
            using var heeded = _connection.Heed(cancellationToken);
            var failure = _position == TransactionEnd.NeedsReset ? await _transaction.ResetAsync().ConfigureAwait(false) : await _transaction.AskAsync().ConfigureAwait(false);
            _last = failure is null ? TransactionEnd.Clean : TransactionEnd.Broken;
            return failure is null ? null : Explain(failure);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
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
        failure is { Reply.Code: not 421, Kind: not SessionFailureKind.StartTlsInjection }
            or { Kind: SessionFailureKind.StartTlsNotOffered or SessionFailureKind.NoMutualMechanism or SessionFailureKind.TokenUnavailable };

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("The session is in use: a session carries one transaction at a time.");
    }

    private void Begin()
    {
        Enter();
        _position = _last;
        _last = TransactionEnd.Broken;      // until proven otherwise: an exception leaves a message half sent
        if (_position != TransactionEnd.Broken)
            return;
        Volatile.Write(ref _busy, 0);
        throw new InvalidOperationException("The session is broken: open another.");
    }

    private async ValueTask EndAsync()
    {
        _connection.Output.Release();
        if (_last == TransactionEnd.Broken)
            await _connection.DisposeAsync().ConfigureAwait(false);
        Volatile.Write(ref _busy, 0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(MailSlot slot, MailQueue? queue, CancellationToken cancellationToken)
    {
        using var activity = TransportsTelemetry.Activities.StartActivity("smtp.transaction", ActivityKind.Client);
        try
        {
            await SendInTurnsAsync(slot, queue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await slot.DropConvertedAsync().ConfigureAwait(false);
        }
    }

    // One transaction, or as many as the limits of the server ask for.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendInTurnsAsync(MailSlot slot, MailQueue? queue, CancellationToken cancellationToken)
    {
        SessionFailure? failure;
        do
        {
            if (slot.Progress == SlotProgress.Taken)
                await PrepareAsync(slot, cancellationToken).ConfigureAwait(false);
            if (slot.Progress == SlotProgress.Prepared)
            {
                if (IsSpent)
                    slot.Report.RefuseAll(UsedUp, SmtpStage.Local);
                if (slot.Report.BeginTurn(Limits, Domains) == 0)
                {
                    slot.Report.RefuseAll(UsedUp, SmtpStage.Local);         // who is of a domain too many
                    Finish(slot, null, _position);              // nothing touched the wire, or nothing is left
                    return;
                }
                failure = _position == TransactionEnd.NeedsReset ? await _transaction.ResetAsync().ConfigureAwait(false) : null;
                if (failure is not null)
                {
                    Finish(slot, failure, TransactionEnd.Broken);
                    return;
                }
            }
            var end = await _transaction.RunAsync(slot, _flight, queue, cancellationToken).ConfigureAwait(false);
            (failure, _position) = (_transaction.Failure, end == TransactionEnd.CameTooEarly ? TransactionEnd.NeedsReset : end);
            if (slot.Progress == SlotProgress.SentAhead)
                slot.Progress = SlotProgress.Prepared;
        }
        while (_position != TransactionEnd.Broken && slot.Report.AnyOpen);
        Finish(slot, failure, _position);
    }

    private ValueTask PrepareAsync(MailSlot slot, CancellationToken cancellationToken)
    {
        if (_preparation.MustScan(slot.Item))
            return _preparation.ScanAndPrepareAsync(slot, cancellationToken);
        _preparation.Prepare(slot);
        return ValueTask.CompletedTask;
    }

    private void Finish(MailSlot slot, SessionFailure? failure, TransactionEnd end)
    {
        _position = end;
        slot.Report.Seal(failure is null ? null : Explain(failure), StateAt(end));
        TransportsTelemetry.TransactionEnded(slot.Report, _settings.Logger);
    }

    private SessionState StateAt(TransactionEnd end) => end == TransactionEnd.Broken ? SessionState.Broken : IsSpent ? SessionState.Spent : SessionState.Reusable;

    private void ThrowIfSpent()
    {
        if (!IsSpent)
            return;
        _last = _position;
        throw new InvalidOperationException("The server takes no further transaction in this session: open another.");
    }

    private SessionFailure Explain(SessionFailure failure) => failure with { Verdict = Tls?.Verdict, PeerCertificate = Tls?.PeerCertificate };
}
