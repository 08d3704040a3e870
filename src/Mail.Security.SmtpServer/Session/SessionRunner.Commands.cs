using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

// What each command does once CommandTable found it in order.
internal sealed partial class SessionRunner
{
    private async ValueTask<SessionEnd?> GreetAsync()
    {
        var call = await _calls.CallAsync("SmtpHandler.OnConnectAsync", _parts, static (parts, token) => parts.Handler.OnConnectAsync(parts.Session, token)).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
        if (Objection(call) is not { } refusal)
        {
            _replies.Write(new ServerReply(220, null, $"{Options.HostName.Ascii} ESMTP ready"));
            return null;
        }
        // RFC 5321 §3.1: a refused client is still heard until it says QUIT, unless told 421. 451 is no greeting: it becomes 421.
        var greeting = refusal with { Code = refusal.Code == 451 ? 421 : refusal.Code, Status = null };
        if (greeting.Code == 421)
            return await CloseAsync(greeting, SessionEndReason.Refused).ConfigureAwait(false);
        _state.Service = Service.Refused;
        ServerLog.NotServed(_parts.Logger, Session.Id, Session.RemoteEndPoint, greeting.Code, greeting.Text);
        _replies.Write(greeting);
        return null;
    }

    private async ValueTask<SessionEnd?> HelloAsync(Decision decision)
    {
        var before = (Session.HelloName, Session.Hello);
        (Session.HelloName, Session.Hello) = (decision.Name, decision.Hello);
        var call = await _calls.CallAsync("SmtpHandler.OnHelloAsync", (Parts: _parts, State: _state), static async (on, token) =>
            (Refusal: await on.Parts.Handler.OnHelloAsync(on.Parts.Session, token).ConfigureAwait(false), Lines: EhloReply.Lines(on.Parts.Options, on.Parts.Session, on.State))).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
        if (Objection(new CallResult<SmtpRefusal?>(call.Outcome, call.Value.Refusal)) is { } refusal)
        {
            (Session.HelloName, Session.Hello) = before;        // RFC 5321 §4.1.4: as if it had not been said
            return await ReplyAsync(decision, refusal).ConfigureAwait(false);
        }

        await DropTransferAsync().ConfigureAwait(false);
        _parts.Trace.ResetTransaction();
        _state.Reset();
        if (decision.Hello == SmtpHello.Helo)
            return await ReplyAsync(decision, new(250, null, $"{Options.HostName.Ascii} greets {decision.Name}")).ConfigureAwait(false);
        _replies.WriteEhlo(call.Value.Lines);
        return await FlushAsync().ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> MailAsync(in Decision decision)
    {
        _parts.Trace.StartTransaction();
        var call = _calls.CallAsync("SmtpHandler.OnMailAsync", (Parts: _parts, Envelope: decision.Envelope!),
            static (on, token) => on.Parts.Handler.OnMailAsync(on.Parts.Session, on.Envelope, token));
        return call.IsCompletedSuccessfully ? AfterMailAsync(decision, call.Result) : AwaitedAsync(this, decision, call);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<SessionEnd?> AwaitedAsync(SessionRunner runner, Decision decision, ValueTask<CallResult<SmtpRefusal?>> call) =>
            await runner.AfterMailAsync(decision, await call.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> AfterMailAsync(in Decision decision, in CallResult<SmtpRefusal?> call)
    {
        if (call.Outcome == CallOutcome.TimedOut)
            return OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout);
        if (Objection(call) is { } refusal)
        {
            _parts.Trace.EndTransaction("refused", refusal, 0, 0);
            _state.MailRefused();
            return ReplyAsync(decision, refusal);
        }
        _state.Open(decision.Envelope!);
        return ReplyAsync(decision, Replies.SenderOk);
    }

    private ValueTask<SessionEnd?> RecipientAsync(in Decision decision)
    {
        var call = _calls.CallAsync("SmtpHandler.OnRecipientAsync", (Parts: _parts, Envelope: _state.Envelope!, decision.Recipient!.Path),
            static (on, token) => on.Parts.Handler.OnRecipientAsync(on.Parts.Session, on.Envelope, on.Path, token));
        return call.IsCompletedSuccessfully ? AfterRecipientAsync(decision, call.Result) : AwaitedAsync(this, decision, call);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<SessionEnd?> AwaitedAsync(SessionRunner runner, Decision decision, ValueTask<CallResult<SmtpRefusal?>> call) =>
            await runner.AfterRecipientAsync(decision, await call.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> AfterRecipientAsync(in Decision decision, in CallResult<SmtpRefusal?> call)
    {
        if (call.Outcome == CallOutcome.TimedOut)
            return OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout);
        if (Objection(call) is { } refusal)
            return ReplyAsync(decision, refusal);
        var recipient = decision.Recipient!;
        _state.Envelope!.Recipients.Add(recipient);
        if (Options.MaxRecipientDomains > 0)
            _state.RecipientDomains.Add(recipient.Path.DomainText());
        return ReplyAsync(decision, Replies.RecipientOk);
    }

    private async ValueTask<SessionEnd?> StartTlsAsync()
    {
        // RFC 3207 §4: STARTTLS is the last command of a group. What stands behind it may have been put there by somebody on the
        // way, to be taken for the client's own words once TLS is on; a handshake would lend it that trust.
        if (_connection.HasUnreadBytes())
        {
            ServerLog.ClearTextBehindStartTls(_parts.Logger, Session.Id, Session.RemoteEndPoint);
            return await CloseAsync(Replies.ClearTextBehindStartTls, SessionEndReason.ClearTextBehindStartTls).ConfigureAwait(false);
        }
        _replies.Write(Replies.StartTls);
        if (await FlushAsync().ConfigureAwait(false) is { } broken)
            return broken;
        if (await SecureAsync().ConfigureAwait(false) is { } failed)
            return failed;

        // RFC 3207 §4.2: everything the client said in clear is forgotten.
        await DropTransferAsync().ConfigureAwait(false);
        _parts.Trace.ResetTransaction();
        _state.Reset();
        _state.Commands = 0;
        _state.SaslChannel = DescribeChannel();
        (Session.HelloName, Session.Hello, Session.HandlerState) = ("", SmtpHello.None, null);
        (Session.Authentication, Session.Login) = (null, null);
        return null;
    }

    private async ValueTask<SessionEnd?> SecureAsync()
    {
        _clock.Arm(Options.Timeouts.Handshake);
        var outcome = await _connection.SecureAsync(Options.Tls!, _clock.Token).ConfigureAwait(false);
        _clock.Disarm();
        if (outcome == WaitOutcome.Done)
        {
            Session.Tls = _connection.DescribeTls();
            _parts.Metrics?.Handshake(Session.Tls.ProtocolName);
            ServerLog.Secured(_parts.Logger, Session.Id, Session.Tls);
            return null;
        }
        if (outcome == WaitOutcome.Cancelled && _clock.Cause != ClockCause.Limit)
            return End(SessionEndReason.Shutdown);
        var (fault, detail) = outcome == WaitOutcome.Cancelled ? (HandshakeFault.Timeout, "the handshake took too long") : (_connection.HandshakeFault, _connection.Failure);
        _parts.Metrics?.HandshakeFailed(fault.ToLabel());
        ServerLog.HandshakeFailed(_parts.Logger, Session.Id, fault, detail);
        return End(SessionEndReason.HandshakeFailed, detail);
    }

    private ValueTask<SessionEnd?> DataAsync(in Decision decision)
    {
        var envelope = _state.CloseEnvelope();
        var call = _calls.CallAsync("SmtpHandler.OnDataAsync", (Parts: _parts, Envelope: envelope),
            static (on, token) => on.Parts.Handler.OnDataAsync(on.Parts.Session, on.Envelope, token));
        return call.IsCompletedSuccessfully ? AfterDataAsync(decision, envelope, call.Result) : AwaitedAsync(this, decision, envelope, call);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<SessionEnd?> AwaitedAsync(SessionRunner runner, Decision decision, SmtpEnvelope envelope, ValueTask<CallResult<DataDecision>> call) =>
            await runner.AfterDataAsync(decision, envelope, await call.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> AfterDataAsync(in Decision decision, SmtpEnvelope envelope, in CallResult<DataDecision> call)
    {
        if (call.Outcome == CallOutcome.TimedOut)
            return OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout);
        if (call.Value is DataDecision.Receive { Sink: { } sink })
            return ReceiveMessageAsync(envelope, sink);
        _state.Reset();
        var refusal = call.Value is DataDecision.Refuse refused ? Refusals.ToReply(refused.Refusal) : Replies.LocalError;
        _parts.Trace.EndTransaction("refused", refusal, envelope.Recipients.Count, 0);
        return ReplyAsync(decision, refusal);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> ReceiveMessageAsync(SmtpEnvelope envelope, MessageSink sink)
    {
        var data = _data ??= new(_connection, Flow, Options);
        data.Start(sink);
        try
        {
            if (_clock.Cause != ClockCause.None)
                return null;        // the sink came too late: the next step says so
            _replies.Write(Replies.StartInput);
            if (await FlushAsync().ConfigureAwait(false) is { } broken)
                return broken;
            while (await data.DrainAsync().ConfigureAwait(false) == FlowStep.On)
            {
                var wait = Flow.BeginWait();
                if (Flow.EndWait(wait, await _connection.ReadAsync(_clock.Token).ConfigureAwait(false)) == FlowStep.Over)
                    break;
            }
            _parts.Protocol.Content(Flow.Received);
            WriteAcceptance(SmtpVerb.Data);
        }
        finally
        {
            await Flow.LetGoAsync().ConfigureAwait(false);
        }
        _state.Reset();
        Record(Flow.Result, envelope);
        return await TellAsync(SmtpVerb.Data, Flow.Result).ConfigureAwait(false);
    }

    // A message that is durable is answered before anything else: its sink may take long to let go, or the session be aborted meanwhile.
    private void WriteAcceptance(SmtpVerb verb)
    {
        if (Flow.Result is { Outcome: DataOutcome.Replied, Reply: { IsRefusal: false } reply })
            _replies.WriteResult(verb, reply);
    }

    private ValueTask<SessionEnd?> TellAsync(SmtpVerb verb, in DataResult result) => result.Outcome switch
    {
        DataOutcome.Replied => ReplyToMessageAsync(verb, result.Reply),
        DataOutcome.RepliedAndOver => CloseAsync(result.Reply, SessionEndReason.Timeout),
        DataOutcome.OutOfTime => OutOfTimeAsync(result.Reply, result.Reply == Replies.TimedOut ? SessionEndReason.Timeout : SessionEndReason.HandlerTimeout),
        _ => new(End(SessionEndReason.ConnectionLost, _connection.Failure.Length > 0 ? _connection.Failure : "closed within a message")),
    };

    private void Record(in DataResult result, SmtpEnvelope envelope)
    {
        var reply = result.Reply;
        if (result.Outcome is DataOutcome.Lost or DataOutcome.OutOfTime)
        {
            _parts.Trace.EndTransaction("aborted", reply, envelope.Recipients.Count, result.Size);
            _parts.Metrics?.Message("aborted");
            ServerLog.MessageAborted(_parts.Logger, Session.Id, result.Size);
        }
        else if (reply.IsRefusal)
        {
            _parts.Trace.EndTransaction("refused", reply, envelope.Recipients.Count, result.Size);
            _parts.Metrics?.Message("refused");
            ServerLog.MessageRefused(_parts.Logger, Session.Id, result.Size, envelope.Recipients.Count, reply.Code, reply.Status, reply.Text);
        }
        else
        {
            Session.AcceptedMessages++;
            _budget.Refill();
            Flow.ForgetDropped();
            _parts.Trace.EndTransaction("accepted", reply, envelope.Recipients.Count, result.Size);
            _parts.Metrics?.Message("accepted");
            _parts.Metrics?.MessageSize(result.Size);
            ServerLog.MessageAccepted(_parts.Logger, Session.Id, result.Size, envelope.Recipients.Count, reply.Text);
        }
    }

    private static ServerReply? Objection(in CallResult<SmtpRefusal?> call) =>
        call.Outcome == CallOutcome.Failed ? Replies.LocalError : call.Value is { } refusal ? Refusals.ToReply(refusal) : null;
}
