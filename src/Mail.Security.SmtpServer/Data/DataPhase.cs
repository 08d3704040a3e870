using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>How receiving a message ended.</summary>
internal enum DataOutcome : byte
{
    /// <summary>The connection broke or was closed before the end of the message; there is nobody to reply to.</summary>
    Lost,

    /// <summary>The session's clock ran out: nothing but closing is left.</summary>
    OutOfTime,

    /// <summary>The end of the message was read; the reply says what became of it.</summary>
    Replied,

    /// <summary>A message already refused did not end in time: send the reply and close.</summary>
    RepliedAndOver,
}

/// <summary>What came of a message.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reply">The reply to the end of the message.</param>
/// <param name="Size">The bytes of content that were read.</param>
internal readonly record struct DataResult(DataOutcome Outcome, ServerReply Reply, long Size);

/// <summary>
/// Receives the messages of a session, one after each 354: streams it to the sink slice by slice and reads on to the true end whatever goes wrong, so that
/// the session stays in step with its client (RFC 5321 §4.1.1.4).
/// </summary>
/// <remarks>A sink belongs to this object from <see cref="Start"/> on.</remarks>
internal sealed class DataPhase(ServerConnection connection, SessionClock clock, HandlerCalls calls, SessionParts parts)
{
    private readonly DataPace _pace = new(parts.Options.Timeouts);
    private readonly long _maxSize = parts.Options.MaxMessageSize;
    private DataDecoder _decoder;
    private MessageSink? _sink;
    private ServerReply? _refusal;

    /// <summary>Begins a message, which goes to this sink.</summary>
    public void Start(MessageSink sink)
    {
        _decoder = _maxSize > 0 ? new(_maxSize) : default;
        (_sink, _refusal) = (sink, null);
        _pace.Restart();
    }

    /// <summary>Receives the message.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DataResult> ReceiveAsync()
    {
        while (true)
        {
            if (await DrainBufferAsync().ConfigureAwait(false) is { } over)
                return over;
            if (_decoder.IsComplete)
                return await CompleteAsync().ConfigureAwait(false);
            if (await ReadAsync().ConfigureAwait(false) is { } failed)
                return failed;
        }
    }

    /// <summary>Disposes the sink if that has not happened yet; without completion that aborts the message.</summary>
    public async ValueTask LetGoAsync()
    {
        if (_sink is not { } sink)
            return;
        _sink = null;
        await calls.CallAsync("MessageSink.DisposeAsync", sink, static async (sink, _) =>
        {
            await sink.DisposeAsync().ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    // Hands every whole slice in the buffer to the sink. Nothing more is read from the client meanwhile.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> DrainBufferAsync()
    {
        var rest = connection.Buffer;
        while (_decoder.TryRead(ref rest, out var content))
        {
            if (await StoreAsync(content).ConfigureAwait(false) is { } over)
                return over;
        }
        connection.Consume(rest.Start);
        if (_sink is not null && _maxSize > 0 && _decoder.ContentLength > _maxSize)
            await RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> StoreAsync(ReadOnlySequence<byte> content)
    {
        if (_sink is null)
            return null;
        var stored = await calls.CallAsync("MessageSink.WriteAsync", (Sink: _sink, Content: content), static async (call, token) =>
        {
            await call.Sink.WriteAsync(call.Content, token).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        if (stored.Outcome == CallOutcome.TimedOut || clock.Cause != ClockCause.None)
            return new DataResult(DataOutcome.OutOfTime, Replies.HandlerTimedOut, _decoder.ContentLength);
        if (stored.Outcome == CallOutcome.Failed)
            await RefuseAsync(Replies.LocalError).ConfigureAwait(false);
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> ReadAsync()
    {
        clock.Arm(_pace.NextWait);
        var started = parts.Time.GetTimestamp();
        var before = connection.Buffer.Length;
        var outcome = await connection.ReadAsync(clock.Token).ConfigureAwait(false);
        clock.Disarm();
        _pace.Waited(parts.Time.GetElapsedTime(started), connection.Buffer.Length - before);
        return outcome switch
        {
            WaitOutcome.Done => null,
            WaitOutcome.Cancelled when _refusal is { } refusal && clock.Cause == ClockCause.Limit => new DataResult(DataOutcome.RepliedAndOver, refusal, _decoder.ContentLength),
            WaitOutcome.Cancelled => new DataResult(DataOutcome.OutOfTime, Replies.TimedOut, _decoder.ContentLength),
            _ => new DataResult(DataOutcome.Lost, default, _decoder.ContentLength),
        };
    }

    // From here on the message is only read to its end. What the sink has is let go at once.
    private async ValueTask RefuseAsync(ServerReply reply)
    {
        _refusal = reply;
        _pace.Discard();
        await LetGoAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult> CompleteAsync()
    {
        // RFC 5321 §2.3.8: a bare CR or LF is no line end, and what takes it for one can be made to see a second message in this one.
        var reply = _refusal ?? _decoder.Fault switch
        {
            SyntaxFault.None => (ServerReply?)null,
            SyntaxFault.ContentTooLarge => Replies.TooLarge,
            SyntaxFault.NulByte => Replies.NulInData,
            _ => Replies.BareLineEndInData,
        };
        if (reply is { } refusal)
            return new(DataOutcome.Replied, refusal, _decoder.ContentLength);

        var submitted = await calls.CallAsync("MessageSink.CompleteAsync", _sink!, static (sink, token) => sink.CompleteAsync(token)).ConfigureAwait(false);
        return submitted.Outcome == CallOutcome.TimedOut
            ? new(DataOutcome.OutOfTime, Replies.HandlerTimedOut, _decoder.ContentLength)
            : new(DataOutcome.Replied, ToReply(submitted.Value), _decoder.ContentLength);
    }

    public static ServerReply ToReply(SmtpSubmissionResult? result) => result switch
    {
        SmtpSubmissionResult.Accepted accepted => new(250, new(2, 0, 0), Refusals.CleanText(accepted.Text)),
        SmtpSubmissionResult.Refused refused => Refusals.ToReply(refused.Refusal),
        _ => Replies.LocalError,    // it threw, or returned null
    };
}
