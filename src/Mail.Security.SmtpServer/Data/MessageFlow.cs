using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>In what form the content of a message reaches its sink.</summary>
internal enum ContentForm : byte
{
    /// <summary>As it was received.</summary>
    AsReceived,

    /// <summary>With CRLF for every bare CR and bare LF.</summary>
    Normalised,
}

/// <summary>
/// The way of a message from the connection to its sink, the same whichever command brings it: waiting at the client's pace, writing, refusing, dropping what
/// comes behind a refusal, and handing the whole over. One serves all messages of a session, one at a time.
/// </summary>
/// <remarks>A sink belongs to this object from <see cref="Start"/> on; <see cref="LetGoAsync"/> disposes it.</remarks>
internal sealed class MessageFlow(ServerConnection connection, SessionClock clock, HandlerCalls calls, SessionParts parts)
{
    private const int NormalisedBlock = 16 * 1024;
    private static readonly ReadOnlySequence<byte> LineEnd = new("\r\n"u8.ToArray());

    private readonly DataPace _kept = new(parts.Options.Timeouts);
    private DataPace? _dropped;
    private DataPace? _pace;
    private LineEndNormaliser _normaliser;
    private ContentForm _form;
    private MessageSink? _sink;
    private long _written;

    /// <summary>The most bytes of one message, on the wire and in the sink.</summary>
    public long MaxSize { get; } = parts.Options.MaxMessageSize > 0 ? parts.Options.MaxMessageSize : long.MaxValue;

    /// <summary>Whether the message is still wanted.</summary>
    public bool IsKept => _sink is not null;

    /// <summary>Why it is not; null when it is, or when it was broken off.</summary>
    public ServerReply? Refusal { get; private set; }

    /// <summary>How many bytes of content came, as the command that brings them counts.</summary>
    public long Received { get; set; }

    /// <summary>The size of the message so far: what came, or what the sink was given where that is more.</summary>
    public long Size => Math.Max(Received, _written);

    /// <summary>The most to wait for the next bytes.</summary>
    public TimeSpan NextWait => _pace!.NextWait;

    /// <summary>Begins a message, which goes to this sink.</summary>
    public void Start(MessageSink sink, ContentForm form)
    {
        (_sink, _form, _normaliser, Refusal, Received, _written) = (sink, form, default, null, 0, 0);
        _pace = _kept;
        _pace.Restart();
    }

    /// <summary>Begins what is refused before any of it comes. What a client is given for this is given once: message upon message earns no more time.</summary>
    public void StartDropping(ServerReply refusal)
    {
        (_sink, _form, Refusal, Received, _written) = (null, ContentForm.AsReceived, refusal, 0, 0);
        _pace = _dropped ??= new(parts.Options.Timeouts);
        _pace.Discard();
    }

    /// <summary>The client proved to be an honest one: the time for what is dropped begins anew.</summary>
    public void ForgetDropped() => _dropped = null;

    /// <summary>Takes the next slice of content. Null: go on. Else the message is over, and the session with it.</summary>
    public ValueTask<DataResult?> TakeAsync(ReadOnlySequence<byte> content)
    {
        if (_sink is null)
            return default;
        return _form == ContentForm.AsReceived ? StoreAsync(content) : NormaliseAsync(content);
    }

    /// <summary>Waits for more bytes from the client, as long as its pace allows.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DataResult?> WaitAsync()
    {
        clock.Arm(NextWait);
        var outcome = await ReadAsync().ConfigureAwait(false);
        clock.Disarm();
        return outcome switch
        {
            WaitOutcome.Done => null,
            WaitOutcome.Cancelled when Refusal is { } refusal && clock.Cause == ClockCause.Limit => Over(DataOutcome.RepliedAndOver, refusal),
            WaitOutcome.Cancelled => Over(DataOutcome.OutOfTime, Replies.TimedOut),
            _ => Over(DataOutcome.Lost, default),
        };
    }

    /// <summary>Waits for bytes under the clock as it is armed; the time counts for the client's pace.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WaitOutcome> ReadAsync()
    {
        var started = parts.Time.GetTimestamp();
        var before = connection.Buffer.Length;
        var outcome = await connection.ReadAsync(clock.Token).ConfigureAwait(false);
        _pace!.Waited(parts.Time.GetElapsedTime(started), connection.Buffer.Length - before);
        return outcome;
    }

    /// <summary>From here on the message is only read to its end. What the sink has is let go at once.</summary>
    public ValueTask RefuseAsync(ServerReply reply)
    {
        Refusal = reply;
        _pace!.Discard();
        return LetGoAsync();
    }

    /// <summary>Gives the last line of text its end, where the client did not.</summary>
    /// <param name="check">What followed the content as it was received.</param>
    public ValueTask<DataResult?> EndLastLineAsync(in ContentCheck check)
    {
        Span<byte> heldBack = stackalloc byte[LineEndNormaliser.MinRoom];
        var ended = _form == ContentForm.AsReceived ? check.EndsWithLineEnd : _normaliser.Complete(heldBack) == 0 && _normaliser.EndsWithLineEnd;
        return ended ? default : StoreAsync(LineEnd);
    }

    /// <summary>The message is whole: the sink says what becomes of it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DataResult> SubmitAsync()
    {
        var submitted = await calls.CallAsync("MessageSink.CompleteAsync", _sink!, static (sink, token) => sink.CompleteAsync(token)).ConfigureAwait(false);
        return submitted.Outcome == CallOutcome.TimedOut
            ? Over(DataOutcome.OutOfTime, Replies.HandlerTimedOut)
            : Over(DataOutcome.Replied, ToReply(submitted.Value));
    }

    /// <summary>Disposes the sink if that has not happened yet; without <see cref="SubmitAsync"/> that aborts the message.</summary>
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

    public DataResult Over(DataOutcome outcome, ServerReply reply) => new(outcome, reply, Size);

    // Blocks in which there is nothing to change go on as they are. The others are written anew, by the block and not by the line: a sink that
    // writes to a disk is not called for every line.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> NormaliseAsync(ReadOnlySequence<byte> content)
    {
        byte[]? block = null;
        try
        {
            foreach (var segment in content)
            {
                if (_normaliser.TryPass(segment.Span, out var same))
                {
                    if (same > 0 && _sink is not null && await StoreAsync(new(segment[..same])).ConfigureAwait(false) is { } end)
                        return end;
                    continue;
                }
                block ??= ArrayPool<byte>.Shared.Rent(NormalisedBlock);
                for (var rest = segment; !rest.IsEmpty && _sink is not null;)
                {
                    var written = _normaliser.Write(rest.Span, block, out var consumed);
                    rest = rest[consumed..];
                    if (written > 0 && await StoreAsync(new(block, 0, written)).ConfigureAwait(false) is { } end)
                        return end;
                }
            }
            return null;
        }
        finally
        {
            if (block is not null)
                ArrayPool<byte>.Shared.Return(block);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> StoreAsync(ReadOnlySequence<byte> content)
    {
        if (content.Length > MaxSize - _written)
        {
            await RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
            return null;
        }
        _written += content.Length;
        var stored = await calls.CallAsync("MessageSink.WriteAsync", (Sink: _sink!, Content: content), static async (call, token) =>
        {
            await call.Sink.WriteAsync(call.Content, token).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        if (stored.Outcome == CallOutcome.TimedOut || clock.Cause != ClockCause.None)
            return Over(DataOutcome.OutOfTime, Replies.HandlerTimedOut);
        if (stored.Outcome == CallOutcome.Failed)
            await RefuseAsync(Replies.LocalError).ConfigureAwait(false);
        return null;
    }

    private static ServerReply ToReply(SmtpSubmissionResult? result) => result switch
    {
        SmtpSubmissionResult.Accepted accepted => new(250, new(2, 0, 0), Refusals.CleanText(accepted.Text)),
        SmtpSubmissionResult.Refused refused => Refusals.ToReply(refused.Refusal),
        _ => Replies.LocalError,    // it threw, or returned null
    };
}
