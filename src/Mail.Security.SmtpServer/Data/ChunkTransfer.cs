using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>
/// Receives a message by BDAT, chunk after chunk (RFC 3030 §2). Every chunk is read to its end whatever goes wrong, so that the session
/// stays in step with its client.
/// </summary>
/// <remarks>
/// One for a session, used again for each message. What the sink gets is as clean as from DATA unless the message is declared BODY=BINARYMIME, of which not a
/// bit is changed (RFC 3030 §3): no bare CR, bare LF or NUL, and a last line without an end is given one.
/// </remarks>
internal sealed class ChunkTransfer
{
    private readonly ServerConnection _connection;
    private readonly MessageFlow _flow;
    private readonly SmtpServerOptions _options;
    private ContentCheck _check;

    public ChunkTransfer(MessageFlow flow, ServerConnection connection, SmtpServerOptions options) =>
        (_flow, _connection, _options) = (flow, connection, options);

    /// <summary>What the message is received for; null when it is only dropped.</summary>
    public SmtpEnvelope? Envelope { get; private set; }

    /// <summary>How long to wait for the next BDAT: a client that makes a pause behind every chunk is as slow as one that makes it inside.</summary>
    public TimeSpan NextCommandWait => _flow.NextWait < _options.Timeouts.Command ? _flow.NextWait : _options.Timeouts.Command;

    private bool IsText => Envelope?.Body != BodyType.BinaryMime;

    /// <summary>Begins a message, which goes to this sink. The one before must be over.</summary>
    public void Start(MessageSink sink, SmtpEnvelope envelope)
    {
        var normalised = envelope.Body != BodyType.BinaryMime && _options.BareLineEnds == BareLineEndPolicy.Normalise;
        _flow.Start(sink, normalised ? ContentForm.Normalised : ContentForm.AsReceived);
        (Envelope, _check) = (envelope, new(_options.BareLineEnds));
    }

    /// <summary>Begins a message that is refused before any of it comes.</summary>
    public void StartDropping(ServerReply refusal)
    {
        _flow.StartDropping(refusal);
        (Envelope, _check) = (null, default);
    }

    /// <summary>Receives one chunk. <see cref="FlowStep.On"/>: it was taken, and more follow. Else the message is over, for better or worse.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FlowStep> ReceiveAsync(ChunkHeader chunk)
    {
        // RFC 3030 §2: too much is told when the chunk was read, but none of it is kept.
        if (_flow.IsKept && chunk.Size > _flow.MaxSize - _flow.Received)
            await _flow.RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
        var decoder = new ChunkDecoder(chunk);
        while (true)
        {
            var rest = _connection.Buffer;
            while (decoder.TryRead(ref rest, out var content))
            {
                if (await TakeAsync(content).ConfigureAwait(false) == FlowStep.Over)
                    return FlowStep.Over;
            }
            _connection.Consume(rest.Start);
            if (decoder.IsComplete)
                return await EndChunkAsync(chunk.Kind).ConfigureAwait(false);
            var wait = _flow.BeginWait();
            if (_flow.EndWait(wait, await _connection.ReadAsync(_flow.WaitToken).ConfigureAwait(false)) == FlowStep.Over)
                return FlowStep.Over;
        }
    }

    private ValueTask<FlowStep> TakeAsync(ReadOnlySequence<byte> content)
    {
        _flow.Received += content.Length;
        if (!_flow.IsKept || !IsText)
            return _flow.TakeAsync(content);
        var before = _check.LengthBeforeFault;
        _check.Write(content);
        if (_check.Fault == SyntaxFault.None)
            return _flow.TakeAsync(content);
        // Up to its fault content is taken like any other: a sink that is full before it comes first, however the bytes were cut.
        return TakeAndRefuseAsync(content.Slice(0, _check.LengthBeforeFault - before));
    }

    private async ValueTask<FlowStep> TakeAndRefuseAsync(ReadOnlySequence<byte> content)
    {
        if (!content.IsEmpty && await _flow.TakeAsync(content).ConfigureAwait(false) == FlowStep.Over)
            return FlowStep.Over;
        return _flow.IsKept ? await _flow.RefuseAsync(ReplyFor(_check.Fault)).ConfigureAwait(false) : FlowStep.On;
    }

    private ValueTask<FlowStep> EndChunkAsync(ChunkKind kind)
    {
        if (kind == ChunkKind.Last && _flow.Refusal is null && IsText)
            return EndTextAsync();
        if (_flow.Refusal is { } refusal)
            return new(_flow.Over(DataOutcome.Replied, refusal));
        return kind == ChunkKind.More ? new(FlowStep.On) : _flow.SubmitAsync();
    }

    private ValueTask<FlowStep> EndTextAsync()
    {
        if (_check.GetFault() is var fault && fault != SyntaxFault.None)
            return RefuseAsync(ReplyFor(fault));
        var ended = _flow.EndLastLineAsync(_check);
        return ended.IsCompletedSuccessfully ? SubmitAsync(ended.Result) : AwaitedAsync(this, ended);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<FlowStep> AwaitedAsync(ChunkTransfer transfer, ValueTask<FlowStep> ended) =>
            await transfer.SubmitAsync(await ended.ConfigureAwait(false)).ConfigureAwait(false);
    }

    // The last line's end may be too much, or the sink may have failed at it.
    private ValueTask<FlowStep> SubmitAsync(FlowStep ended)
    {
        if (ended == FlowStep.Over)
            return new(FlowStep.Over);
        return _flow.Refusal is { } refusal ? new(_flow.Over(DataOutcome.Replied, refusal)) : _flow.SubmitAsync();
    }

    private async ValueTask<FlowStep> RefuseAsync(ServerReply reply)
    {
        await _flow.RefuseAsync(reply).ConfigureAwait(false);
        return _flow.Over(DataOutcome.Replied, reply);
    }

    private static ServerReply ReplyFor(SyntaxFault fault) => fault == SyntaxFault.NulByte ? Replies.NulInData : Replies.BareLineEndInData;
}
