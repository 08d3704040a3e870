using System.Buffers;
using System.Diagnostics;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>
/// Receives a message by BDAT, chunk after chunk (RFC 3030 §2). Every chunk is read to its end whatever goes wrong, so that the session
/// stays in step with its client.
/// </summary>
/// <remarks>
/// The sink belongs to this object from its construction on. What it gets is as clean as from DATA unless the message is declared
/// BODY=BINARYMIME: no bare CR, bare LF or NUL, and a last line without an end is given one.
/// </remarks>
internal sealed class ChunkTransfer
{
    private static readonly ReadOnlySequence<byte> LineEnd = new("\r\n"u8.ToArray());

    private readonly DataPace _pace;
    private readonly ServerConnection _connection;
    private readonly SessionClock _clock;
    private readonly HandlerCalls _calls;
    private readonly SessionParts _parts;
    private readonly long _maxSize;
    private ContentCheck _check;
    private MessageSink? _sink;
    private ServerReply? _refusal;

    public ChunkTransfer(MessageSink? sink, SmtpEnvelope? envelope, Activity? activity, DataPace pace, ServerConnection connection, SessionClock clock, HandlerCalls calls, SessionParts parts)
    {
        (_sink, Envelope, Activity, _pace, _connection, _clock, _calls, _parts) = (sink, envelope, activity, pace, connection, clock, calls, parts);
        _maxSize = parts.Options.MaxMessageSize > 0 ? parts.Options.MaxMessageSize : long.MaxValue;
    }

    /// <summary>What the message is received for; null when it is only dropped.</summary>
    public SmtpEnvelope? Envelope { get; }

    public Activity? Activity { get; }

    /// <summary>How many bytes of message came.</summary>
    public long Size { get; private set; }

    /// <summary>How long to wait for the next BDAT: a client that makes a pause behind every chunk is as slow as one that makes it inside.</summary>
    public TimeSpan NextCommandWait => _pace.NextWait < _parts.Options.Timeouts.Command ? _pace.NextWait : _parts.Options.Timeouts.Command;

    private bool IsText => Envelope?.Body != BodyType.BinaryMime;

    /// <summary>A transfer whose message is refused before any of it comes.</summary>
    public static ChunkTransfer Dropping(ServerReply refusal, DataPace pace, ServerConnection connection, SessionClock clock, HandlerCalls calls, SessionParts parts) =>
        new(null, null, null, pace, connection, clock, calls, parts) { _refusal = refusal };

    /// <summary>Receives one chunk. Null: it was taken, and more follow. Else the message is over, for better or worse.</summary>
    public async ValueTask<DataResult?> ReceiveAsync(ChunkHeader chunk)
    {
        // RFC 3030 §2: too much is told when the chunk was read, but none of it is kept.
        if (_sink is not null && chunk.Size > _maxSize - Size)
            await RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
        var decoder = new ChunkDecoder(chunk);
        while (true)
        {
            var rest = _connection.Buffer;
            while (decoder.TryRead(ref rest, out var content))
            {
                if (await TakeAsync(content).ConfigureAwait(false) is { } over)
                    return over;
            }
            _connection.Consume(rest.Start);
            if (decoder.IsComplete)
                return await EndChunkAsync(chunk.Kind).ConfigureAwait(false);
            if (await WaitAsync().ConfigureAwait(false) is { } failed)
                return failed;
        }
    }

    /// <summary>Waits for bytes, under the clock as it is armed.</summary>
    public async ValueTask<WaitOutcome> ReadAsync()
    {
        var started = _parts.Time.GetTimestamp();
        var before = _connection.Buffer.Length;
        var outcome = await _connection.ReadAsync(_clock.Token).ConfigureAwait(false);
        _pace.Waited(_parts.Time.GetElapsedTime(started), _connection.Buffer.Length - before);
        return outcome;
    }

    /// <summary>Disposes the sink if that has not happened yet; without completion that aborts the message.</summary>
    public ValueTask CloseAsync()
    {
        Activity?.Dispose();
        return DisposeSinkAsync();
    }

    private async ValueTask DisposeSinkAsync()
    {
        if (_sink is not { } sink)
            return;
        _sink = null;
        await _calls.CallAsync("MessageSink.DisposeAsync", sink, static async (sink, _) =>
        {
            await sink.DisposeAsync().ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    private async ValueTask<DataResult?> TakeAsync(ReadOnlySequence<byte> content)
    {
        Size += content.Length;
        if (_sink is null)
            return null;
        if (IsText)
        {
            _check.Write(content);
            if (_check.Fault != SyntaxFault.None)
            {
                await RefuseAsync(ReplyFor(_check.Fault)).ConfigureAwait(false);
                return null;
            }
        }
        return await StoreAsync(content).ConfigureAwait(false);
    }

    private async ValueTask<DataResult?> StoreAsync(ReadOnlySequence<byte> content)
    {
        var stored = await _calls.CallAsync("MessageSink.WriteAsync", (Sink: _sink!, Content: content), static async (call, token) =>
        {
            await call.Sink.WriteAsync(call.Content, token).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        if (stored.Outcome == CallOutcome.TimedOut || _clock.Cause != ClockCause.None)
            return new DataResult(DataOutcome.OutOfTime, Replies.HandlerTimedOut, Size);
        if (stored.Outcome == CallOutcome.Failed)
            await RefuseAsync(Replies.LocalError).ConfigureAwait(false);
        return null;
    }

    private async ValueTask<DataResult?> WaitAsync()
    {
        _clock.Arm(_pace.NextWait);
        var outcome = await ReadAsync().ConfigureAwait(false);
        _clock.Disarm();
        return outcome switch
        {
            WaitOutcome.Done => null,
            WaitOutcome.Cancelled when _refusal is { } refusal && _clock.Cause == ClockCause.Limit => new DataResult(DataOutcome.RepliedAndOver, refusal, Size),
            WaitOutcome.Cancelled => new DataResult(DataOutcome.OutOfTime, Replies.TimedOut, Size),
            _ => new DataResult(DataOutcome.Lost, default, Size),
        };
    }

    private async ValueTask<DataResult?> EndChunkAsync(ChunkKind kind)
    {
        if (_refusal is null && IsText && kind == ChunkKind.Last && _check.GetFault() is var fault && fault != SyntaxFault.None)
            await RefuseAsync(ReplyFor(fault)).ConfigureAwait(false);
        if (_refusal is null && IsText && kind == ChunkKind.Last && !_check.EndsWithLineEnd && await StoreAsync(LineEnd).ConfigureAwait(false) is { } over)
            return over;
        if (_refusal is { } refusal)
            return new DataResult(DataOutcome.Replied, refusal, Size);
        if (kind == ChunkKind.More)
            return null;

        var submitted = await _calls.CallAsync("MessageSink.CompleteAsync", _sink!, static (sink, token) => sink.CompleteAsync(token)).ConfigureAwait(false);
        return submitted.Outcome == CallOutcome.TimedOut
            ? new DataResult(DataOutcome.OutOfTime, Replies.HandlerTimedOut, Size)
            : new DataResult(DataOutcome.Replied, DataPhase.ToReply(submitted.Value), Size);
    }

    // From here on the message is only read. What the sink has is let go at once.
    private async ValueTask RefuseAsync(ServerReply reply)
    {
        _refusal = reply;
        _pace.Discard();
        await DisposeSinkAsync().ConfigureAwait(false);
    }

    private static ServerReply ReplyFor(SyntaxFault fault) => fault == SyntaxFault.NulByte ? Replies.NulInData : Replies.BareLineEndInData;
}
