using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>One mail transaction after the other on the wire: who said what to which recipient.</summary>
/// <remarks>
/// The order of blame: the reply to MAIL is for everyone; a reply to RCPT is for its recipient; a reply to DATA or to the final dot is
/// for those accepted until then; a lost connection is for those nobody has answered. What has been said stays said, whatever follows.
/// </remarks>
internal sealed class MailTransaction(SmtpConnection connection, SmtpSessionSettings settings)
{
    private readonly SmtpTimeouts _limits = settings.Timeouts;
    private readonly SmtpParameterList _parameters = [];
    private readonly ContentSender _content = new(connection, settings.Timeouts);
    private readonly ChunkSource _chunks = new(connection, settings.Timeouts);
    private MailSlot _slot = null!;
    private WireFault? _unsent;             // why the envelope did not go out whole
    private bool _tooEarly;

    /// <summary>Why the connection can no longer be used; null when it can, or when this side ended it.</summary>
    public SessionFailure? Failure { get; private set; }

    /// <summary>How many have begun with MAIL.</summary>
    public int Count { get; private set; }

    private TransactionReport Report => _slot.Report;

    private OutputBuffer Output => connection.Output;

    private bool InChunks => _slot.Transfer == ContentTransfer.Chunks;

    /// <summary>Runs a transaction.</summary>
    /// <param name="slot">The message, prepared or sent ahead.</param>
    /// <param name="flight">Whether commands wait for the reply to the one before.</param>
    /// <param name="queue">Asked for a message whose envelope can go together with the final dot; null for none.</param>
    /// <param name="cancellationToken">For the content; the connection heeds it already.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TransactionEnd> RunAsync(MailSlot slot, Flight flight, MailQueue? queue, CancellationToken cancellationToken)
    {
        (_slot, _unsent, _tooEarly, Failure) = (slot, null, false, null);
        var reply = flight == Flight.LockStep ? await OpenLockStepAsync().ConfigureAwait(false)
            : slot.Progress == SlotProgress.SentAhead ? await ReadFlightAsync().ConfigureAwait(false)
            : await OpenPipelinedAsync().ConfigureAwait(false);
        if (_unsent is not null && Failure is null)
            Failure = _unsent.At(SmtpStage.Data);
        if (Failure is not null)
            return TransactionEnd.Broken;
        var end = _tooEarly || !Report.AnyAccepted ? await EndRefusedAsync(reply).ConfigureAwait(false)
            : !InChunks && !TakeData(reply) ? TransactionEnd.NeedsReset
            : InChunks && Strays() ? TransactionEnd.Broken
            : connection.HasUnread ? await TakeEarlyAnswerAsync().ConfigureAwait(false)
            : InChunks ? await SendChunksAsync(flight, cancellationToken).ConfigureAwait(false)
            : await SendContentAsync(flight == Flight.LockStep ? null : queue, cancellationToken).ConfigureAwait(false);
        return Failure is null ? end : TransactionEnd.Broken;
    }

    /// <summary>RSET between two transactions; null when it went well.</summary>
    public async ValueTask<SessionFailure?> ResetAsync()
    {
        SmtpCommandWriter.WriteRset(Output);
        var reply = await connection.ExchangeAsync(_limits.Command).ConfigureAwait(false);
        return reply.IsPositive ? null : FailureOf(reply, SmtpStage.Reset);
    }

    /// <summary>NOOP: any answer in step will do; null when it came.</summary>
    public async ValueTask<SessionFailure?> AskAsync()
    {
        SmtpCommandWriter.WriteNoop(Output);
        var reply = await connection.ExchangeAsync(_limits.Command).ConfigureAwait(false);
        return reply.IsPositive || (reply.IsNegative && reply.IsUsable) ? null : FailureOf(reply, SmtpStage.Idle);
    }

    /// <summary>What is wrong when this comes at a place where it has none.</summary>
    public SessionFailure FailureOf(WireReply reply, SmtpStage stage)
    {
        if (reply.Fault is { } fault)
            return fault.At(stage);
        var kept = connection.KeepReply();
        return new SessionFailure(reply.Code == 421 ? SessionFailureKind.Refused421 : SessionFailureKind.ProtocolViolation, stage, kept, null, kept.ToString());
    }

    // The reply to DATA; none when it did not come to that.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireReply> OpenLockStepAsync()
    {
        if (IsOutOfStep(out var unasked))
            return unasked;
        WriteMail(_slot);
        var reply = await connection.ExchangeAsync(_limits.Mail).ConfigureAwait(false);
        if (!IsUsable(reply, SmtpStage.Mail) || !TakeMail(reply))
            return reply;
        for (var index = 0; index < Report.Count; index++)
        {
            if (!Report.IsOpen(index))
                continue;
            WriteRecipient(_slot, index);
            reply = await connection.ExchangeAsync(_limits.Recipient).ConfigureAwait(false);
            if (!IsUsable(reply, SmtpStage.Recipient) || !TakeRecipient(index, reply))
                return reply;
        }
        if (InChunks || !Report.AnyAccepted)
            return reply;
        SmtpCommandWriter.WriteData(Output);
        reply = await connection.ExchangeAsync(_limits.DataInitiation).ConfigureAwait(false);
        IsUsable(reply, SmtpStage.Data);
        return reply;
    }

    // RFC 2920 §3.1: MAIL, every RCPT and DATA in one flight. Replies are read while the flight is still being written: with many
    // recipients a server's replies fill both directions, and whoever only writes waits for ever.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireReply> OpenPipelinedAsync()
    {
        if (IsOutOfStep(out var unasked))
            return unasked;
        WriteFlight(_slot);
        var flush = connection.FlushAsync(_limits.Mail);
        if (flush.IsCompletedSuccessfully)
        {
            _unsent = flush.Result;
            return await ReadFlightAsync().ConfigureAwait(false);
        }
        var writing = flush.AsTask();
        var reading = ReadFlightAsync().AsTask();
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Failure is not null || !reading.IsCompletedSuccessfully)
            connection.StopWriting();
        await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _unsent = writing.IsCompletedSuccessfully ? await writing.ConfigureAwait(false) : null;
        return await reading.ConfigureAwait(false);         // or the cancellation that ended both
    }

    // The reply to DATA; without use when the connection failed before it.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireReply> ReadFlightAsync()
    {
        var reply = await connection.ReadAsync(_limits.Mail).ConfigureAwait(false);
        if (!IsUsable(reply, SmtpStage.Mail) || (!TakeMail(reply) && Failure is not null))
            return reply;
        // Not this message's fault: the server still held the envelope of the one before, whose content it had just refused.
        _tooEarly = reply.Code == 503 && _slot.Progress == SlotProgress.SentAhead;
        for (var index = 0; index < Report.Count; index++)
        {
            if (!Report.WasSent(index))
                continue;
            // After a refused MAIL these are only the echo of it; the report keeps what MAIL decided.
            reply = await connection.ReadAsync(_limits.Recipient).ConfigureAwait(false);
            if (!IsUsable(reply, SmtpStage.Recipient) || !TakeRecipient(index, reply))
                return reply;
        }
        if (InChunks)
            return reply;
        reply = await connection.ReadAsync(_limits.DataInitiation).ConfigureAwait(false);
        IsUsable(reply, SmtpStage.Data);
        return reply;
    }

    // RFC 2920 §3.1: a server may say 354 although it accepted nobody; it is given an empty message to refuse. One that accepted a
    // recipient without accepting MAIL would deliver that message: it is left without the dot.
    private async ValueTask<TransactionEnd> EndRefusedAsync(WireReply data)
    {
        var taken = Report.AnyTaken;
        if (_tooEarly)
        {
            _slot.Restart();
            Report.BeginTurn(AnnouncedLimits.None, null);
        }
        var end = _tooEarly ? TransactionEnd.CameTooEarly : TransactionEnd.NeedsReset;
        // In lock-step it is the reply that refused the last of them, and DATA was not sent.
        if (data.IsNegative || InChunks)
            return end;
        if (!IsGoAhead(data) || taken)
            return Violation(data, SmtpStage.Data);
        Output.Write(".\r\n"u8);
        IsUsable(await connection.ExchangeAsync(_limits.DataTermination).ConfigureAwait(false), SmtpStage.EndOfData);
        return end;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TransactionEnd> SendContentAsync(MailQueue? queue, CancellationToken cancellationToken)
    {
        var fault = await _content.SendAsync(_slot.Content, cancellationToken).ConfigureAwait(false);
        if (_content.Fault != SyntaxFault.None)
            return RefuseContent(_content.Fault);
        if (fault is null && connection.HasArrived)
            return await TakeEarlyAnswerAsync().ConfigureAwait(false);
        // RFC 2920 §3.1: the end of the content may be the first of a group.
        if (fault is null && !Report.AnyWaiting && queue?.TakeAhead() is { } next)
        {
            WriteFlight(next);
            next.Progress = SlotProgress.SentAhead;
        }
        fault ??= await connection.FlushAsync(_limits.DataBlock).ConfigureAwait(false);
        if (fault is not null)
            return await TakeLastWordAsync(fault, 0).ConfigureAwait(false);
        return TakeEnd(await connection.ReadAsync(_limits.DataTermination).ConfigureAwait(false));
    }

    // RFC 3030 §2: one reply to each chunk. With PIPELINING one chunk is on its way while the one before is answered; after a refusal no
    // more are sent, what is on its way is answered all the same, and RSET clears the rest.
    private async ValueTask<TransactionEnd> SendChunksAsync(Flight flight, CancellationToken cancellationToken)
    {
        try
        {
            await _chunks.OpenAsync(_slot.Content, _slot.Body, cancellationToken).ConfigureAwait(false);
            var (left, unanswered, kind) = (_slot.Content.Length, 0, ChunkKind.More);
            while (kind != ChunkKind.Last)
            {
                while (unanswered > (flight == Flight.Pipelined ? 1 : 0) || (unanswered > 0 && connection.HasUnread))
                {
                    var reply = await connection.ReadAsync(_limits.DataTermination).ConfigureAwait(false);
                    unanswered--;
                    if (!IsUsable(reply, SmtpStage.EndOfData) || !reply.IsPositive)
                        return await EndRefusedChunksAsync(reply, unanswered).ConfigureAwait(false);
                }
                // One reply too many would stand for that to the last chunk, before the server has said anything of the whole.
                if (connection.HasUnread)
                    return await TakeEarlyAnswerAsync().ConfigureAwait(false);
                var size = Math.Min(left, settings.ChunkSize);
                left -= size;
                kind = left == 0 ? ChunkKind.Last : ChunkKind.More;
                if (kind == ChunkKind.Last && unanswered == 0 && Strays())
                    return TransactionEnd.Broken;
                SmtpCommandWriter.WriteBdat(Output, new ChunkHeader(size, kind));
                unanswered++;
                var fault = await _chunks.WriteAsync(size, kind, cancellationToken).ConfigureAwait(false);
                if (_chunks.Fault != SyntaxFault.None)
                    return RefuseContent(_chunks.Fault);
                fault ??= await connection.FlushAsync(_limits.DataBlock).ConfigureAwait(false);
                if (fault is not null)
                    return await TakeLastWordAsync(fault, unanswered - 1).ConfigureAwait(false);
            }
            for (; unanswered > 1; unanswered--)
            {
                var reply = await connection.ReadAsync(_limits.DataTermination).ConfigureAwait(false);
                if (!IsUsable(reply, SmtpStage.EndOfData) || !reply.IsPositive)
                    return await EndRefusedChunksAsync(reply, unanswered - 1).ConfigureAwait(false);
            }
            var end = TakeEnd(await connection.ReadAsync(_limits.DataTermination).ConfigureAwait(false));
            if (end != TransactionEnd.Clean || connection.Look() is not { } more)
                return end;
            // Two answers to the last chunk, of which the first may belong to something before it. When they do not agree the message counts as not taken.
            if (ReferenceEquals(more.Fault, WireFault.Unasked) && !connection.IsLastPositive)
            {
                Report.TakeBack();
                Failure = WireFault.Unasked.At(SmtpStage.EndOfData);
            }
            return TransactionEnd.Broken;
        }
        finally
        {
            await _chunks.CloseAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<TransactionEnd> EndRefusedChunksAsync(WireReply refusal, int unanswered)
    {
        if (Failure is not null)
            return TransactionEnd.Broken;
        if (refusal.IsIntermediate)
            return Violation(refusal, SmtpStage.EndOfData);
        Report.DecideAll(refusal, connection.ReplyText, SmtpStage.EndOfData);
        for (; unanswered > 0 && Failure is null; unanswered--)
        {
            var reply = await connection.ReadAsync(_limits.DataTermination).ConfigureAwait(false);
            // RFC 3030 §2: what follows a refused chunk is refused too. A server that takes it all the same has another message than ours.
            if (IsUsable(reply, SmtpStage.EndOfData) && reply.IsPositive)
                return Violation(reply, SmtpStage.EndOfData);
        }
        return Failure is null ? TransactionEnd.NeedsReset : TransactionEnd.Broken;
    }

    // The reply to the content as a whole.
    private TransactionEnd TakeEnd(WireReply reply)
    {
        if (!IsUsable(reply, SmtpStage.EndOfData))
            return TransactionEnd.Broken;
        if (reply.IsIntermediate)
            return Violation(reply, SmtpStage.EndOfData);
        Report.DecideAll(reply, connection.ReplyText, SmtpStage.EndOfData);
        return reply.IsPositive ? TransactionEnd.Clean : TransactionEnd.NeedsReset;
    }

    // RFC 5321 §4.1.1.4, §2.3.8: not sendable as it is, today or tomorrow. Without its end the server drops what it has.
    private TransactionEnd RefuseContent(SyntaxFault fault)
    {
        Report.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 0), $"the content cannot be sent: {fault}"), SmtpStage.EndOfData);
        return TransactionEnd.Broken;
    }

    // A reply to nothing would shift all that follow. TLS has to be asked by a read of its own, which is done where the content goes by BDAT:
    // with DATA a shift shows at the 354.
    private bool IsOutOfStep(out WireReply unasked)
    {
        unasked = default;
        if ((!connection.HasArrived && (!InChunks || connection.Tls is null)) || connection.Look() is not { } reply)
            return false;
        unasked = reply;
        if (IsUsable(reply, SmtpStage.Mail))
            Violation(reply, SmtpStage.Mail);
        return true;
    }

    // BDAT has no 354 by which both sides are in step again: a reply too many would be taken for that to the content.
    private bool Strays()
    {
        if (connection.HasUnread || connection.Look() is not { } stray)
            return false;
        Failure = FailureOf(stray, SmtpStage.Data);
        return true;
    }

    // A reply that is here before the content cannot be the reply to it, and taking a positive one for that would lose the message. A
    // refusal is meant all the same: a server that wants no content may say so in one breath with its 354. The stage is not that of the end:
    // that was not sent, so nobody can have the message.
    private async ValueTask<TransactionEnd> TakeEarlyAnswerAsync()
    {
        var reply = await connection.ReadAsync(_limits.Quit).ConfigureAwait(false);
        if (!IsUsable(reply, SmtpStage.Data))
            return TransactionEnd.Broken;
        if (reply.IsNegative)
            Report.DecideAll(reply, connection.ReplyText, SmtpStage.EndOfData);
        return Violation(reply, SmtpStage.Data);
    }

    // A server that has enough of a message refuses it and hangs up while we write. A positive reply is no answer to half a message.
    private async ValueTask<TransactionEnd> TakeLastWordAsync(WireFault fault, int chunksBefore)
    {
        var last = await connection.ReadAsync(_limits.Quit).ConfigureAwait(false);
        while (last.IsPositive && chunksBefore-- > 0)
            last = await connection.ReadAsync(_limits.Quit).ConfigureAwait(false);
        if (last.Code == 421)
            IsUsable(last, SmtpStage.EndOfData);
        else if (last.IsNegative)
            Report.DecideAll(last, connection.ReplyText, SmtpStage.EndOfData);
        Failure ??= fault.At(SmtpStage.EndOfData);
        return TransactionEnd.Broken;
    }

    private void WriteMail(MailSlot slot)
    {
        Count++;
        SmtpCommandWriter.WriteMail(Output, slot.Item.Envelope.ReversePath, slot.Parameters);
    }

    private void WriteFlight(MailSlot slot)
    {
        WriteMail(slot);
        for (var index = 0; index < slot.Report.Count; index++)
        {
            if (!slot.Report.IsOpen(index))
                continue;
            WriteRecipient(slot, index);
            slot.Report.NoteSent(index);
        }
        if (slot.Transfer == ContentTransfer.Data)
            SmtpCommandWriter.WriteData(Output);
    }

    private void WriteRecipient(MailSlot slot, int index)
    {
        _parameters.Clear();
        if (slot.Report.PassesDsn)
            DsnParameters.AddToRcpt(slot.Report.RecipientAt(index), _parameters);
        SmtpCommandWriter.WriteRcpt(Output, slot.Report.PathOf(index), _parameters);
    }

    private bool TakeMail(WireReply reply)
    {
        if (reply.IsIntermediate)
            Violation(reply, SmtpStage.Mail);
        else if (!reply.IsPositive)
            Report.DecideAll(reply, connection.ReplyText, SmtpStage.Mail);
        return reply.IsPositive;
    }

    private bool TakeRecipient(int index, WireReply reply)
    {
        if (reply.IsIntermediate)
        {
            Violation(reply, SmtpStage.Recipient);
            return false;
        }
        Report.Answer(index, reply, connection.ReplyText);
        return true;
    }

    // RFC 5321 §4.3.2: the first digit decides. 334 is known to ask for something else (RFC 4954 §4).
    private static bool IsGoAhead(WireReply reply) => reply is { IsIntermediate: true, Code: not 334 };

    private bool TakeData(WireReply reply)
    {
        if (IsGoAhead(reply))
            return true;
        if (reply.IsPositive || reply.IsIntermediate)
            Violation(reply, SmtpStage.Data);
        else
            Report.DecideAll(reply, connection.ReplyText, SmtpStage.Data);
        return false;
    }

    private TransactionEnd Violation(WireReply reply, SmtpStage stage)
    {
        var kept = connection.KeepReply();
        Failure = new SessionFailure(SessionFailureKind.ProtocolViolation, stage, kept, null, $"a reply that has no place here: {kept}");
        return TransactionEnd.Broken;
    }

    // Notes the failure of the connection where there is one. RFC 5321 §3.8: 421 may come in answer to anything, and ends the connection.
    private bool IsUsable(WireReply reply, SmtpStage stage)
    {
        if (reply.IsUsable)
        {
            TransportsTelemetry.Replied(settings.Logger, stage, connection);
            return true;
        }
        Failure = FailureOf(reply, stage);
        return false;
    }
}

/// <summary>Whether commands wait for the reply to the one before.</summary>
internal enum Flight : byte
{
    LockStep = 0,
    Pipelined,
}
