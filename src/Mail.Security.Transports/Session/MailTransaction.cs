using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>One mail transaction on the wire: who said what to which recipient.</summary>
/// <remarks>
/// The order of blame: the reply to MAIL is for everyone; a reply to RCPT is for its recipient; a reply to DATA or to the final dot is
/// for those accepted until then; a lost connection is for those nobody has answered. What has been said stays said, whatever follows.
/// </remarks>
internal sealed class MailTransaction(SmtpConnection connection, SmtpSessionSettings settings, OutcomeBoard outcomes)
{
    private static readonly byte[] DataCommand = "DATA\r\n"u8.ToArray();
    private static readonly byte[] LoneDot = ".\r\n"u8.ToArray();

    private readonly SmtpTimeouts _limits = settings.Timeouts;
    private readonly SmtpParameterList _none = [];

    /// <summary>Why the connection can no longer be used; null when it can, or when this side ended it.</summary>
    public SessionFailure? Failure { get; private set; }

    public async ValueTask<TransactionEnd> RunAsync(MailJob job, CancellationToken cancellationToken)
    {
        var end = job.Flight == Flight.Pipelined
            ? await RunPipelinedAsync(job, cancellationToken).ConfigureAwait(false)
            : await RunLockStepAsync(job, cancellationToken).ConfigureAwait(false);
        return Failure is null ? end : TransactionEnd.Broken;
    }

    private async ValueTask<TransactionEnd> RunLockStepAsync(MailJob job, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(512);
        SmtpCommandWriter.WriteMail(output, job.ReversePath, job.Parameters);
        if (await ExchangeAsync(output.WrittenMemory, SmtpStage.Mail, _limits.Mail, cancellationToken).ConfigureAwait(false) is not { } mail || !TakeMail(mail))
            return TransactionEnd.NeedsReset;

        for (var index = 0; index < outcomes.Count; index++)
        {
            if (!outcomes.IsOpen(index))
                continue;
            output.ResetWrittenCount();
            SmtpCommandWriter.WriteRcpt(output, outcomes.PathOf(index), _none);
            if (await ExchangeAsync(output.WrittenMemory, SmtpStage.Recipient, _limits.Recipient, cancellationToken).ConfigureAwait(false) is not { } reply || !TakeRecipient(index, reply))
                return TransactionEnd.Broken;
        }
        if (!outcomes.AnyAccepted)
            return TransactionEnd.NeedsReset;
        return await ExchangeAsync(DataCommand, SmtpStage.Data, _limits.DataInitiation, cancellationToken).ConfigureAwait(false) is { } data && TakeData(data)
            ? await SendContentAsync(job.Content, cancellationToken).ConfigureAwait(false)
            : TransactionEnd.NeedsReset;
    }

    // RFC 2920 §3.1: MAIL, every RCPT and DATA in one flight. Replies are read while the flight is still being written: with many
    // recipients a server's replies fill both directions, and whoever only writes waits for ever.
    private async ValueTask<TransactionEnd> RunPipelinedAsync(MailJob job, CancellationToken cancellationToken)
    {
        if (connection.HasUnread)
        {
            Fail(await connection.ExchangeAsync(default, _limits.Mail, cancellationToken).ConfigureAwait(false), SmtpStage.Mail);
            return TransactionEnd.Broken;
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = connection.WriteAsync(WriteFlight(job), _limits.Mail, stop.Token).AsTask();
        SmtpReply? data = null;
        try
        {
            data = await ReadFlightAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (data is null)
                await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (data is null)
            return TransactionEnd.Broken;
        if (await writing.ConfigureAwait(false) is { Fault: { } fault })
        {
            Failure = fault.At(SmtpStage.Data);
            return TransactionEnd.Broken;
        }
        if (!outcomes.AnyAccepted)
            return await EndRefusedAsync(data, cancellationToken).ConfigureAwait(false);
        return TakeData(data) ? await SendContentAsync(job.Content, cancellationToken).ConfigureAwait(false) : TransactionEnd.NeedsReset;
    }

    private ReadOnlyMemory<byte> WriteFlight(MailJob job)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        SmtpCommandWriter.WriteMail(output, job.ReversePath, job.Parameters);
        for (var index = 0; index < outcomes.Count; index++)
        {
            if (outcomes.IsOpen(index))
                SmtpCommandWriter.WriteRcpt(output, outcomes.PathOf(index), _none);
        }
        SmtpCommandWriter.WriteData(output);
        return output.WrittenMemory;
    }

    // The reply to DATA; null when the connection failed before it.
    private async ValueTask<SmtpReply?> ReadFlightAsync(CancellationToken cancellationToken)
    {
        var sent = Enumerable.Range(0, outcomes.Count).Where(outcomes.IsOpen).ToList();
        if (await ReadAsync(SmtpStage.Mail, _limits.Mail, cancellationToken).ConfigureAwait(false) is not { } mail)
            return null;
        if (!TakeMail(mail) && Failure is not null)
            return null;
        foreach (var index in sent)
        {
            // After a refused MAIL these are only the echo of it; the board keeps what MAIL decided.
            if (await ReadAsync(SmtpStage.Recipient, _limits.Recipient, cancellationToken).ConfigureAwait(false) is not { } reply || !TakeRecipient(index, reply))
                return null;
        }
        return await ReadAsync(SmtpStage.Data, _limits.DataInitiation, cancellationToken).ConfigureAwait(false);
    }

    // RFC 2920 §3.1: a server may say 354 although it accepted nobody; it is given an empty message to refuse. One that accepted a
    // recipient without accepting MAIL would deliver that message: it is left without the dot.
    private async ValueTask<TransactionEnd> EndRefusedAsync(SmtpReply data, CancellationToken cancellationToken)
    {
        if (data.IsTransient || data.IsPermanent)
            return TransactionEnd.NeedsReset;
        if (data.Code != 354 || outcomes.AnyTaken)
            return Violation(data, SmtpStage.Data);
        await ExchangeAsync(LoneDot, SmtpStage.EndOfData, _limits.DataTermination, cancellationToken).ConfigureAwait(false);
        return TransactionEnd.NeedsReset;
    }

    private async ValueTask<TransactionEnd> SendContentAsync(MessageContent content, CancellationToken cancellationToken)
    {
        if (connection.HasUnread)
            return await TakeEarlyAnswerAsync(cancellationToken).ConfigureAwait(false);
        var sender = new ContentSender(connection, _limits);
        var written = await sender.SendAsync(content, cancellationToken).ConfigureAwait(false);
        if (sender.Fault != SyntaxFault.None)
        {
            // RFC 5321 §4.1.1.4, §2.3.8: not sendable as it is, today or tomorrow. Without the final dot the server drops what it has.
            outcomes.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 0), $"the content cannot be sent: {sender.Fault}"), SmtpStage.EndOfData);
            return TransactionEnd.Broken;
        }
        if (written.Fault is { } fault)
            return await TakeLastWordAsync(fault, cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(SmtpStage.EndOfData, _limits.DataTermination, cancellationToken).ConfigureAwait(false) is not { } reply)
            return TransactionEnd.Broken;
        if (reply.IsIntermediate)
            return Violation(reply, SmtpStage.EndOfData);
        outcomes.DecideAll(reply, SmtpStage.EndOfData);
        return reply.IsPositive ? TransactionEnd.Clean : TransactionEnd.NeedsReset;
    }

    // A reply that is here before the content cannot be the reply to it, and taking a positive one for that would lose the message. A
    // refusal is meant all the same: a server that wants no content may say so in one breath with its 354.
    private async ValueTask<TransactionEnd> TakeEarlyAnswerAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(SmtpStage.EndOfData, _limits.Quit, cancellationToken).ConfigureAwait(false) is not { } reply)
            return TransactionEnd.Broken;
        if (reply.IsTransient || reply.IsPermanent)
            outcomes.DecideAll(reply, SmtpStage.EndOfData);
        return Violation(reply, SmtpStage.EndOfData);
    }

    // A server that has enough of a message refuses it and hangs up while we write. A positive reply is no answer to half a message.
    private async ValueTask<TransactionEnd> TakeLastWordAsync(WireFault fault, CancellationToken cancellationToken)
    {
        var last = await connection.ReadReplyAsync(_limits.Quit, cancellationToken).ConfigureAwait(false);
        if (last.Reply is { Code: 421 })
            Fail(last, SmtpStage.EndOfData);
        else if (last.Reply is { } reply && (reply.IsTransient || reply.IsPermanent))
            outcomes.DecideAll(reply, SmtpStage.EndOfData);
        Failure ??= fault.At(SmtpStage.EndOfData);
        return TransactionEnd.Broken;
    }

    private bool TakeMail(SmtpReply reply)
    {
        if (reply.IsIntermediate)
            Violation(reply, SmtpStage.Mail);
        else if (!reply.IsPositive)
            outcomes.DecideAll(reply, SmtpStage.Mail);
        return reply.IsPositive;
    }

    private bool TakeRecipient(int index, SmtpReply reply)
    {
        if (reply.IsIntermediate)
        {
            Violation(reply, SmtpStage.Recipient);
            return false;
        }
        outcomes.Answer(index, reply);
        return true;
    }

    private bool TakeData(SmtpReply reply)
    {
        if (reply.Code == 354)
            return true;
        if (reply.IsPositive || reply.IsIntermediate)
            Violation(reply, SmtpStage.Data);
        else
            outcomes.DecideAll(reply, SmtpStage.Data);
        return false;
    }

    private TransactionEnd Violation(SmtpReply reply, SmtpStage stage)
    {
        Failure = new SessionFailure(SessionFailureKind.ProtocolViolation, stage, reply, null, $"a reply that has no place here: {reply}");
        return TransactionEnd.Broken;
    }

    private async ValueTask<SmtpReply?> ExchangeAsync(ReadOnlyMemory<byte> command, SmtpStage stage, TimeSpan limit, CancellationToken cancellationToken) =>
        Take(await connection.ExchangeAsync(command, limit, cancellationToken).ConfigureAwait(false), stage);

    private async ValueTask<SmtpReply?> ReadAsync(SmtpStage stage, TimeSpan limit, CancellationToken cancellationToken) =>
        Take(await connection.ReadReplyAsync(limit, cancellationToken).ConfigureAwait(false), stage);

    // RFC 5321 §3.8: 421 may come in answer to anything, and ends the connection.
    private SmtpReply? Take(WireResult result, SmtpStage stage)
    {
        if (result is { Reply: { Code: not 421 } reply })
        {
            TransportsTelemetry.Replied(settings.Logger, stage, reply);
            return reply;
        }
        Fail(result, stage);
        return null;
    }

    private void Fail(WireResult result, SmtpStage stage) => Failure = result.Fault?.At(stage)
        ?? new SessionFailure(SessionFailureKind.Refused421, stage, result.Reply, null, result.Reply!.ToString());
}
