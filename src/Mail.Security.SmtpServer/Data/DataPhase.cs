using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>
/// Receives the messages of a session that come by DATA, one after each 354: slice by slice, and on to the true end whatever goes wrong, so that
/// the session stays in step with its client (RFC 5321 §4.1.1.4).
/// </summary>
internal sealed class DataPhase(ServerConnection connection, MessageFlow flow, SmtpServerOptions options)
{
    private DataDecoder _decoder;

    /// <summary>Begins a message, which goes to this sink.</summary>
    public void Start(MessageSink sink)
    {
        _decoder = new(flow.MaxSize, options.BareLineEnds);
        flow.Start(sink, options.BareLineEnds == BareLineEndPolicy.Normalise ? ContentForm.Normalised : ContentForm.AsReceived);
    }

    /// <summary>Hands every whole slice in the buffer on, and ends the message where its end is among them. Nothing more is read from the client meanwhile.</summary>
    public ValueTask<FlowStep> DrainAsync()
    {
        while (TryReadSlice(out var content))
        {
            var taken = flow.TakeAsync(content);
            if (!taken.IsCompletedSuccessfully)
                return DrainRestAsync(taken);
            if (taken.Result == FlowStep.Over)
                return new(FlowStep.Over);
        }
        return DrainedAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlowStep> DrainRestAsync(ValueTask<FlowStep> taken)
    {
        var step = await taken.ConfigureAwait(false);
        while (step == FlowStep.On && TryReadSlice(out var content))
            step = await flow.TakeAsync(content).ConfigureAwait(false);
        return step == FlowStep.On ? await DrainedAsync().ConfigureAwait(false) : step;
    }

    private ValueTask<FlowStep> DrainedAsync()
    {
        if (flow.IsKept && _decoder.ContentLength > flow.MaxSize)
            return RefuseSizeAsync();
        return _decoder.IsComplete ? EndAsync() : new(FlowStep.On);
    }

    // Before the end is looked at, so that the answer does not depend on whether it came along.
    private async ValueTask<FlowStep> RefuseSizeAsync()
    {
        await flow.RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
        return _decoder.IsComplete ? await EndAsync().ConfigureAwait(false) : FlowStep.On;
    }

    // What is consumed here stays where it is until the next read.
    private bool TryReadSlice(out ReadOnlySequence<byte> content)
    {
        var rest = connection.Buffer;
        var found = _decoder.TryRead(ref rest, out content);
        flow.Received = _decoder.ContentLength;
        connection.Consume(rest.Start);
        return found;
    }

    private ValueTask<FlowStep> EndAsync()
    {
        // RFC 5321 §2.3.8: a bare CR or LF is no line end, and what takes it for one can be made to see a second message in this one.
        var reply = flow.Refusal ?? _decoder.Fault switch
        {
            SyntaxFault.None => (ServerReply?)null,
            SyntaxFault.ContentTooLarge => Replies.TooLarge,
            SyntaxFault.NulByte => Replies.NulInData,
            _ => Replies.BareLineEndInData,
        };
        return reply is { } refusal ? new(flow.Over(DataOutcome.Replied, refusal)) : flow.SubmitAsync();
    }
}
