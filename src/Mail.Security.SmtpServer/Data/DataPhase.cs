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

    /// <summary>Receives the message.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DataResult> ReceiveAsync()
    {
        while (true)
        {
            if (await DrainBufferAsync().ConfigureAwait(false) is { } over)
                return over;
            if (_decoder.IsComplete)
                return await EndAsync().ConfigureAwait(false);
            if (await flow.WaitAsync().ConfigureAwait(false) is { } failed)
                return failed;
        }
    }

    // Hands every whole slice in the buffer on. Nothing more is read from the client meanwhile.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DataResult?> DrainBufferAsync()
    {
        var rest = connection.Buffer;
        while (_decoder.TryRead(ref rest, out var content))
        {
            flow.Received = _decoder.ContentLength;
            if (await flow.TakeAsync(content).ConfigureAwait(false) is { } over)
                return over;
        }
        flow.Received = _decoder.ContentLength;
        connection.Consume(rest.Start);
        if (flow.IsKept && _decoder.ContentLength > flow.MaxSize)
            await flow.RefuseAsync(Replies.TooLarge).ConfigureAwait(false);
        return null;
    }

    private ValueTask<DataResult> EndAsync()
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
