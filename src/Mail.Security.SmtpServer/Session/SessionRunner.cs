using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>The course of a session: wait for commands, act on each, and end. A method that returns a <see cref="SessionEnd"/> ended it.</summary>
internal sealed partial class SessionRunner
{
    private const int MostAtOnce = 1024;        // commands without any wait, before others get the thread; a message to the most recipients fits

    private readonly ServerConnection _connection;
    private readonly SessionClock _clock;
    private readonly SessionParts _parts;
    private readonly CancellationToken _shutdown;
    private readonly SessionState _state = new();
    private readonly CommandLines _lines;
    private readonly ReplySender _replies;
    private readonly HandlerCalls _calls;
    private readonly CommandBudget _budget;
    private MessageFlow? _flow;                 // what only a message needs, an idle connection does not hold
    private DataPhase? _data;
    private WaitState _wait;
    private long _waitBegan;

    /// <param name="connection">The connection; the caller disposes it.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="parts">What the session was made of.</param>
    /// <param name="shutdown">Asks for a polite end.</param>
    public SessionRunner(ServerConnection connection, SessionClock clock, SessionParts parts, CancellationToken shutdown)
    {
        (_connection, _clock, _parts, _shutdown) = (connection, clock, parts, shutdown);
        _lines = new(connection, _state, parts);
        _replies = new(connection, clock, parts);
        _calls = new(clock, _replies, parts);
        _budget = new(_state, parts.Options);
    }

    private enum WaitState : byte
    {
        /// <summary>A command was just read.</summary>
        Between,

        /// <summary>The time for the next command runs.</summary>
        ForCommand,
    }

    private MessageFlow Flow => _flow ??= new(_connection, _clock, _calls, _parts);

    private SmtpSessionInfo Session => _parts.Session;

    private SmtpServerOptions Options => _parts.Options;

    public async ValueTask<SessionEnd> RunAsync()
    {
        if (await MeetSourceAsync().ConfigureAwait(false) is { } unmet)
            return unmet;
        if (Session.TlsStart == TlsStart.Immediately && await SecureAsync().ConfigureAwait(false) is { } unsecured)
            return unsecured;
        _state.SaslChannel = DescribeChannel();
        if (await GreetAsync().ConfigureAwait(false) is { } refused)
            return refused;
        try
        {
            for (var atOnce = 0; ;)
            {
                var step = StepAsync();
                atOnce = step.IsCompleted ? atOnce + 1 : 0;
                if (await step.ConfigureAwait(false) is { } end)
                    return end;
                if (atOnce < MostAtOnce)
                    continue;
                // A client that always has a command in store is not waited for, and would keep the thread for as long as it sends.
                atOnce = 0;
                await Task.Yield();
            }
        }
        finally
        {
            await _replies.SendResultAsync().ConfigureAwait(false);
            await DropTransferAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<SessionEnd?> StepAsync()
    {
        // A handler that does not heed its token comes back when the time is over: what it said is still passed on, and no more.
        if (_clock.Cause != ClockCause.None)
            return OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout);
        if (_shutdown.IsCancellationRequested && _state.Envelope is null)
            return CloseAsync(Replies.ShuttingDown, SessionEndReason.Shutdown);
        if (!_lines.TryNext(out var decision))
            return ReceiveAsync();
        if (_wait != WaitState.Between)
        {
            _clock.Disarm(_waitBegan);
            _wait = WaitState.Between;
        }
        _budget.Spend(ref decision);
        return ActAsync(decision);
    }

    // RFC 2920 §3.2: whenever the input is used up, all replies go out; and then only the next input is waited for.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> ReceiveAsync()
    {
        if (await FlushAsync().ConfigureAwait(false) is { } broken)
            return broken;
        _lines.Rest();
        if (_wait == WaitState.Between)
        {
            _waitBegan = _clock.Arm(_transfer is { } transfer ? transfer.NextCommandWait : _budget.NextWait(_state.Commands == 0 ? Options.Timeouts.FirstCommand : Options.Timeouts.Command));
            _wait = WaitState.ForCommand;
            if (_state.Envelope is null)
                _clock.Idle();
        }
        var before = _connection.Buffer.Length;
        var outcome = await _connection.ReadAsync(_clock.Token).ConfigureAwait(false);
        var waited = _clock.Look(ref _waitBegan);
        if (_transfer is null)
            _budget.Waited(waited);
        else
            Flow.Waited(waited, _connection.Buffer.Length - before);
        return outcome switch
        {
            WaitOutcome.Done => null,
            WaitOutcome.Ended when _state.Envelope is null => End(SessionEndReason.ClientClosed),
            WaitOutcome.Ended => End(SessionEndReason.ConnectionLost, "closed within a transaction"),
            WaitOutcome.Cancelled => await OutOfTimeAsync(Replies.TimedOut, SessionEndReason.Timeout).ConfigureAwait(false),
            _ => End(SessionEndReason.ConnectionLost, _connection.Failure),
        };
    }

    private ValueTask<SessionEnd?> ActAsync(in Decision decision) => decision.Action switch
    {
        SessionAction.Reply => ReplyAsync(decision),
        SessionAction.Reset => ResetAsync(decision),
        SessionAction.Hello => HelloAsync(decision),
        SessionAction.Mail => MailAsync(decision),
        SessionAction.Recipient => RecipientAsync(decision),
        SessionAction.Data => DataAsync(decision),
        SessionAction.Chunk => ChunkAsync(decision),
        SessionAction.DropChunk => DropChunkAsync(decision),
        SessionAction.BadChunk => CloseAsync(decision.Reply, SessionEndReason.BadChunk),
        SessionAction.Inquire => InquireAsync(decision),
        SessionAction.Xclient => XclientAsync(decision),
        SessionAction.Authenticate => AuthenticateAsync(decision),
        SessionAction.StartTls => StartTlsAsync(),
        SessionAction.Quit => CloseAsync(decision.Reply, SessionEndReason.Quit),
        _ => CloseAsync(decision.Reply, SessionEndReason.NotSmtp),
    };

    private ValueTask<SessionEnd?> ReplyAsync(in Decision decision)
    {
        if (decision is { Verb: SmtpVerb.Mail, Reply.IsRefusal: true } && _state.Envelope is null)
            _state.MailRefused();
        return ReplyAsync(decision, decision.Reply);
    }

    private async ValueTask<SessionEnd?> ResetAsync(Decision decision)
    {
        await DropTransferAsync().ConfigureAwait(false);
        _parts.Trace.ResetTransaction();
        _state.Reset();
        return await ReplyAsync(decision, decision.Reply).ConfigureAwait(false);
    }

    // Code 421 closes, whoever chose it (RFC 5321 §4.2.1 has it announce just that).
    private ValueTask<SessionEnd?> ReplyAsync(in Decision decision, in ServerReply reply)
    {
        if (reply.Code == 421)
            return CloseAsync(reply, ReasonOf(reply));
        _replies.Write(decision.Verb, reply);
        return decision.MayWait && !_replies.IsDue ? default : FlushAsync();
    }

    // RFC 2920 §3.2: replies go out whenever the input is used up. While there is input, what became of a message may go with what the next
    // commands get, as long as nothing is waited for in between (see HandlerCalls): that saves a packet for each message of a client
    // that pipelines, and no client can tell the difference.
    private ValueTask<SessionEnd?> ReplyToMessageAsync(SmtpVerb verb, in ServerReply reply)
    {
        if (reply.Code == 421)
            return CloseAsync(reply, ReasonOf(reply));
        if (reply.IsRefusal)
            _replies.WriteResult(verb, reply);      // else it is written already
        if (_connection.Buffer.IsEmpty)
            return FlushAsync();
        _replies.LetResultWait();
        return _replies.IsDue ? FlushAsync() : default;
    }

    private static SessionEndReason ReasonOf(ServerReply closing) =>
        closing == Replies.TooManyErrors || closing == Replies.TooManyIdleCommands ? SessionEndReason.TooManyErrors
        : closing == Replies.TooManyFailedLogins ? SessionEndReason.TooManyFailedLogins
        : closing == Replies.TooManyTransactions ? SessionEndReason.TooManyTransactions
        : SessionEndReason.Refused;

    // When the clock has run out, the next step sends what waits along with the last words.
    private ValueTask<SessionEnd?> FlushAsync()
    {
        if (_clock.Cause != ClockCause.None)
            return default;
        var flush = _replies.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            return CheckAsync(flush);
        var outcome = flush.Result;
        return outcome == WaitOutcome.Done ? default : new(Broken(outcome));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> CheckAsync(ValueTask<WaitOutcome> flush)
    {
        var outcome = await flush.ConfigureAwait(false);
        return outcome == WaitOutcome.Done ? null : Broken(outcome);
    }

    private async ValueTask<SessionEnd?> CloseAsync(ServerReply reply, SessionEndReason reason)
    {
        if (reason is SessionEndReason.TooManyErrors or SessionEndReason.TooManyFailedLogins or SessionEndReason.TooManyTransactions or SessionEndReason.Timeout or SessionEndReason.HandlerTimeout)
            ServerLog.LimitReached(_parts.Logger, Session.Id, Session.RemoteEndPoint, reply.Text);
        await _replies.SayLastAsync(reply).ConfigureAwait(false);
        return End(reason, reason == SessionEndReason.Quit ? "" : reply.Text);
    }

    // A flush that did not go through: the client is gone, or does not read.
    private SessionEnd Broken(WaitOutcome outcome)
    {
        if (outcome != WaitOutcome.Cancelled)
            return End(SessionEndReason.ConnectionLost, _connection.Failure);
        return _clock.Cause == ClockCause.Limit ? End(SessionEndReason.Timeout, "the client does not read") : End(SessionEndReason.Shutdown);
    }

    private async ValueTask<SessionEnd?> OutOfTimeAsync(ServerReply reply, SessionEndReason reason)
    {
        if (_clock.Cause == ClockCause.Abort)
            return End(SessionEndReason.Shutdown, "aborted");
        if (_replies.IsStuck)
            return Broken(WaitOutcome.Cancelled);       // whoever was waited for when the time was over, the client did not read
        return _clock.Cause == ClockCause.Limit
            ? await CloseAsync(reply, reason).ConfigureAwait(false)
            : await CloseAsync(Replies.ShuttingDown, SessionEndReason.Shutdown).ConfigureAwait(false);
    }

    private SessionEnd End(SessionEndReason reason, string detail = "") => new(reason, Session.AcceptedMessages, detail);
}
