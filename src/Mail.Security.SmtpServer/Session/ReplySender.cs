using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Writes replies, and sends them when it is told to.</summary>
internal sealed class ReplySender(ServerConnection connection, SessionClock clock, SessionParts parts)
{
    private const int MaxPending = 16 * 1024;
    private static readonly TimeSpan HoldLimit = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(1);
    private static readonly Action<object?> AtOnce = static limit => ((CancellationTokenSource)limit!).Cancel();
    private static readonly Action<object?> Soon = static limit => ((CancellationTokenSource)limit!).CancelAfter(AbortLimit);

    private long _heldSince;
    private bool _resultWaits;
    private WaitOutcome _sent = WaitOutcome.Done;       // what became of the last flush

    /// <summary>Whether replies wait to be sent.</summary>
    public bool HasPending { get; private set; }

    /// <summary>Whether what became of a message is among them: these are sent before anything is waited for.</summary>
    public bool HoldsResult { get; private set; }

    /// <summary>Whether the client did not take in time what was sent.</summary>
    public bool IsStuck => _sent == WaitOutcome.Cancelled && clock.Cause == ClockCause.Limit;

    /// <summary>Whether what waits should be sent now, whatever else the client has in store: there is much of it, or the result of a message has waited for long, which is looked at between commands.</summary>
    public bool IsDue => IsFull || (_resultWaits && parts.Time.GetElapsedTime(_heldSince) >= HoldLimit);

    private bool IsFull => HasPending && connection.Output is { CanGetUnflushedBytes: true, UnflushedBytes: > MaxPending };

    /// <summary>Writes the reply to a command. Those to EHLO and HELO have no enhanced status (RFC 2034 §4).</summary>
    public void Write(SmtpVerb verb, ServerReply reply)
    {
        Write(verb is SmtpVerb.Ehlo or SmtpVerb.Helo ? reply with { Status = null } : reply);
        if (!reply.IsRefusal)
            return;
        parts.Metrics?.Refused(verb, reply.Code);
        ServerLog.CommandRefused(parts.Logger, parts.Session.Id, verb, reply.Code, reply.Status, reply.Text);
    }

    /// <summary>Writes a reply.</summary>
    public void Write(ServerReply reply)
    {
        parts.Protocol.Reply(reply);
        var prepared = PreparedReplies.Find(reply);
        if (prepared.IsEmpty)
            SmtpReplyWriter.Write(connection.Output, reply.Code, reply.Status, reply.Text);
        else
            connection.Output.Write(prepared);
        HasPending = true;
    }

    /// <summary>Writes an answer of the handler, each line made fit for the wire.</summary>
    public void WriteAnswer(SmtpVerb verb, SmtpReply reply)
    {
        string[] lines = [.. reply.Lines.Select(Refusals.CleanText)];
        parts.Protocol.Reply(reply.Code, reply.Status, lines);
        SmtpReplyWriter.WriteLines(connection.Output, reply.Code, reply.Status, lines);
        HasPending = true;
        if (reply.Code < 400)
            return;
        parts.Metrics?.Refused(verb, reply.Code);
        ServerLog.CommandRefused(parts.Logger, parts.Session.Id, verb, reply.Code, reply.Status, lines.Length > 0 ? lines[0] : "");
    }

    /// <summary>Writes a challenge of AUTH: one line, however long, for base64 cannot be broken into several (RFC 4954 §4).</summary>
    public void WriteChallenge(ReadOnlySpan<byte> data)
    {
        connection.Output.Write("334 "u8);
        var line = connection.Output.GetSpan(Base64.GetMaxEncodedToUtf8Length(data.Length));
        Base64.EncodeToUtf8(data, line, out _, out var length);
        connection.Output.Advance(length);
        connection.Output.Write("\r\n"u8);
        parts.Protocol.Challenge(length);
        HasPending = true;
    }

    public void WriteEhlo(IReadOnlyList<string> lines)
    {
        var greeting = $"{parts.Options.HostName.Ascii} greets {parts.Session.HelloName}";
        parts.Protocol.Reply(250, null, lines.Prepend(greeting));
        SmtpReplyWriter.WriteEhlo(connection.Output, greeting, lines);
        HasPending = true;
    }

    /// <summary>Writes what became of a message. From now on it is sent whatever happens, if that can be done at all.</summary>
    public void WriteResult(SmtpVerb verb, ServerReply reply)
    {
        Write(verb, reply);
        HoldsResult = true;
    }

    /// <summary>Lets what became of a message wait for the replies to the commands that came with it.</summary>
    public void LetResultWait()
    {
        if (!_resultWaits)
            _heldSince = parts.Time.GetTimestamp();
        _resultWaits = true;
    }

    /// <summary>Sends what waits. Behind a flush that did not go through nothing is sent any more.</summary>
    public ValueTask<WaitOutcome> FlushAsync()
    {
        if (!HasPending || _sent != WaitOutcome.Done)
            return new(_sent);
        // Nearly every flush is over at once; the clock is for those that are not.
        var patience = HoldsResult ? clock.Late : clock.Token;
        (HasPending, HoldsResult, _resultWaits) = (false, false, false);
        var flush = connection.FlushAsync(patience);
        if (!flush.IsCompletedSuccessfully)
            return WaitAsync(flush);
        return new(_sent = flush.Result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WaitOutcome> WaitAsync(ValueTask<WaitOutcome> flush)
    {
        clock.Arm(parts.Options.Timeouts.Write);
        _sent = await flush.ConfigureAwait(false);
        clock.Disarm();
        return _sent;
    }

    /// <summary>
    /// Sends what became of a message where a session ends without last words, because it is aborted or for an exception: a client that is not
    /// told sends an accepted message again.
    /// </summary>
    public async ValueTask SendResultAsync()
    {
        if (!HoldsResult || _sent != WaitOutcome.Done)
            return;
        using var limit = new CancellationTokenSource(AbortLimit, parts.Time);
        await SendAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>Sends last words, in a short time, whatever the session's clock says unless the session is aborted.</summary>
    public async ValueTask SayLastAsync(ServerReply reply)
    {
        Write(reply);
        if (_sent != WaitOutcome.Done)
            return;
        using var limit = new CancellationTokenSource(CloseLimit, parts.Time);
        using var aborting = clock.Aborted.UnsafeRegister(HoldsResult ? Soon : AtOnce, limit);
        if (await SendAsync(limit.Token).ConfigureAwait(false) == WaitOutcome.Done)
            await connection.FinishAsync(limit.Token).ConfigureAwait(false);
    }

    private async ValueTask<WaitOutcome> SendAsync(CancellationToken cancellationToken)
    {
        (HasPending, HoldsResult, _resultWaits) = (false, false, false);
        return _sent = await connection.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
