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

    /// <summary>What came of the message, when it is over.</summary>
    public DataResult Result { get; private set; }

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

    /// <summary>Takes the next slice of content. When the message is over by that, so is the session.</summary>
    public ValueTask<FlowStep> TakeAsync(ReadOnlySequence<byte> content)
    {
        if (_sink is null)
            return new(FlowStep.On);
        return _form == ContentForm.AsReceived ? StoreAsync(content) : NormaliseAsync(content);
    }

    /// <summary>Ends a wait whose time is over.</summary>
    public CancellationToken WaitToken => clock.Token;

    /// <summary>More bytes are waited for, as long as the client's pace allows.</summary>
    public FlowWait BeginWait() => new(clock.Arm(NextWait), connection.Buffer.Length);

    /// <summary>The wait ended thus.</summary>
    public FlowStep EndWait(FlowWait wait, WaitOutcome outcome)
    {
        Waited(clock.Lift(wait.Began), connection.Buffer.Length - wait.Before);
        return outcome switch
        {
            WaitOutcome.Done => FlowStep.On,
            WaitOutcome.Cancelled when Refusal is { } refusal && clock.Cause == ClockCause.Limit => Over(DataOutcome.RepliedAndOver, refusal),
            WaitOutcome.Cancelled => Over(DataOutcome.OutOfTime, Replies.TimedOut),
            _ => Over(DataOutcome.Lost, default),
        };
    }

    /// <summary>A wait for the client took this time and brought this many bytes: that is its pace.</summary>
    public void Waited(TimeSpan time, long bytes) => _pace!.Waited(time, bytes);

    /// <summary>From here on the message is only read to its end. What the sink has is let go at once.</summary>
    /// <returns><see cref="FlowStep.On"/>.</returns>
    public ValueTask<FlowStep> RefuseAsync(ServerReply reply)
    {
        Refusal = reply;
        _pace!.Discard();
        return LetGoAsync();
    }

    /// <summary>Gives the last line of text its end, where the client did not.</summary>
    /// <param name="check">What followed the content as it was received.</param>
    public ValueTask<FlowStep> EndLastLineAsync(in ContentCheck check)
    {
        Span<byte> heldBack = stackalloc byte[LineEndNormaliser.MinRoom];
        var ended = _form == ContentForm.AsReceived ? check.EndsWithLineEnd : _normaliser.Complete(heldBack) == 0 && _normaliser.EndsWithLineEnd;
        return ended ? new(FlowStep.On) : StoreAsync(LineEnd);
    }

    /// <summary>The message is whole: the sink says what becomes of it.</summary>
    public ValueTask<FlowStep> SubmitAsync()
    {
        var call = calls.CallAsync("MessageSink.CompleteAsync", _sink!, static (sink, token) => sink.CompleteAsync(token));
        return call.IsCompletedSuccessfully ? new(Submitted(call.Result)) : AwaitedAsync(this, call);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<FlowStep> AwaitedAsync(MessageFlow flow, ValueTask<CallResult<SmtpSubmissionResult>> call) => flow.Submitted(await call.ConfigureAwait(false));
    }

    /// <summary>Disposes the sink if that has not happened yet; without <see cref="SubmitAsync"/> that aborts the message.</summary>
    /// <returns><see cref="FlowStep.On"/>.</returns>
    public ValueTask<FlowStep> LetGoAsync()
    {
        if (_sink is not { } sink)
            return new(FlowStep.On);
        _sink = null;
        var call = calls.CallAsync("MessageSink.DisposeAsync", sink, static (sink, _) => HandlerCalls.Done(sink.DisposeAsync()));
        return call.IsCompletedSuccessfully ? new(FlowStep.On) : AwaitedAsync(call);

        static async ValueTask<FlowStep> AwaitedAsync(ValueTask<CallResult<bool>> call)
        {
            await call.ConfigureAwait(false);
            return FlowStep.On;
        }
    }

    /// <summary>The message is over, with this result.</summary>
    /// <returns><see cref="FlowStep.Over"/>.</returns>
    public FlowStep Over(DataOutcome outcome, ServerReply reply)
    {
        Result = new(outcome, reply, Size);
        return FlowStep.Over;
    }

    private FlowStep Submitted(in CallResult<SmtpSubmissionResult> call) => call.Outcome == CallOutcome.TimedOut
        ? Over(DataOutcome.OutOfTime, Replies.HandlerTimedOut)
        : Over(DataOutcome.Replied, ToReply(call.Value));

    // Blocks in which there is nothing to change go on as they are. The others are written anew, by the block and not by the line: a sink that
    // writes to a disk is not called for every line.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlowStep> NormaliseAsync(ReadOnlySequence<byte> content)
    {
        byte[]? block = null;
        try
        {
            foreach (var segment in content)
            {
                if (_normaliser.TryPass(segment.Span, out var same))
                {
                    if (same > 0 && _sink is not null && await StoreAsync(new(segment[..same])).ConfigureAwait(false) == FlowStep.Over)
                        return FlowStep.Over;
                    continue;
                }
                block ??= ArrayPool<byte>.Shared.Rent(NormalisedBlock);
                for (var rest = segment; !rest.IsEmpty && _sink is not null;)
                {
                    var written = _normaliser.Write(rest.Span, block, out var consumed);
                    rest = rest[consumed..];
                    if (written > 0 && await StoreAsync(new(block, 0, written)).ConfigureAwait(false) == FlowStep.Over)
                        return FlowStep.Over;
                }
            }
            return FlowStep.On;
        }
        finally
        {
            if (block is not null)
                ArrayPool<byte>.Shared.Return(block);
        }
    }

    private ValueTask<FlowStep> StoreAsync(ReadOnlySequence<byte> content)
    {
        var room = MaxSize - _written;
        return content.Length <= room ? WriteAsync(content) : FillAsync(content.Slice(0, room));
    }

    // What there is room for goes to the sink like any other: one that fails before the limit comes first, however the bytes were cut.
    private async ValueTask<FlowStep> FillAsync(ReadOnlySequence<byte> content)
    {
        if (!content.IsEmpty && await WriteAsync(content).ConfigureAwait(false) == FlowStep.Over)
            return FlowStep.Over;
        return IsKept ? await RefuseAsync(Replies.TooLarge).ConfigureAwait(false) : FlowStep.On;
    }

    private ValueTask<FlowStep> WriteAsync(ReadOnlySequence<byte> content)
    {
        _written += content.Length;
        var call = calls.CallAsync("MessageSink.WriteAsync", (Sink: _sink!, Content: content), static (on, token) => HandlerCalls.Done(on.Sink.WriteAsync(on.Content, token)));
        return call.IsCompletedSuccessfully ? StoredAsync(call.Result.Outcome) : AwaitedAsync(this, call);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<FlowStep> AwaitedAsync(MessageFlow flow, ValueTask<CallResult<bool>> call) =>
            await flow.StoredAsync((await call.ConfigureAwait(false)).Outcome).ConfigureAwait(false);
    }

    private ValueTask<FlowStep> StoredAsync(CallOutcome outcome)
    {
        if (outcome == CallOutcome.TimedOut || clock.Cause != ClockCause.None)
            return new(Over(DataOutcome.OutOfTime, Replies.HandlerTimedOut));
        return outcome == CallOutcome.Failed ? RefuseAsync(Replies.LocalError) : new(FlowStep.On);
    }

    private static ServerReply ToReply(SmtpSubmissionResult? result) => result switch
    {
        SmtpSubmissionResult.Accepted accepted => new(250, new(2, 0, 0), Refusals.CleanText(accepted.Text)),
        SmtpSubmissionResult.Refused refused => Refusals.ToReply(refused.Refusal),
        _ => Replies.LocalError,    // it threw, or returned null
    };
}
