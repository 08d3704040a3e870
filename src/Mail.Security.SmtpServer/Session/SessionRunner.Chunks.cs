using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

// A message that comes by BDAT (RFC 3030 §2).
internal sealed partial class SessionRunner
{
    private ChunkTransfer? _transfer;
    private ChunkTransfer? _lastTransfer;       // to be used again

    private ChunkTransfer NextTransfer => _lastTransfer ??= new(Flow, _connection, Options);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> ChunkAsync(Decision decision)
    {
        if (_transfer is null)
        {
            var envelope = _state.CloseEnvelope();
            var call = await _calls.CallAsync("SmtpHandler.OnDataAsync", (Parts: _parts, Envelope: envelope),
                static (on, token) => on.Parts.Handler.OnDataAsync(on.Parts.Session, on.Envelope, token)).ConfigureAwait(false);
            if (call.Outcome == CallOutcome.TimedOut)
                return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
            if (call.Value is not DataDecision.Receive { Sink: { } sink })
                return await DropChunkAsync(decision with { Reply = call.Value is DataDecision.Refuse refused ? Refusals.ToReply(refused.Refusal) : Replies.LocalError }).ConfigureAwait(false);
            _transfer = NextTransfer;
            _transfer.Start(sink, envelope);
            _state.BeginChunks();
            if (_clock.Cause != ClockCause.None)
                return null;        // the sink came too late: the next step says so
        }
        if (await FlushBeforeAsync(decision.Chunk).ConfigureAwait(false) is { } broken)
            return broken;
        var before = Flow.Received;
        var step = await _transfer.ReceiveAsync(decision.Chunk).ConfigureAwait(false);
        _parts.Protocol.Content(Flow.Received - before);
        return step == FlowStep.Over
            ? await ConcludeAsync(_transfer).ConfigureAwait(false)
            : await ReplyAsync(decision, Replies.ChunkTaken).ConfigureAwait(false);
    }

    // RFC 3030 §2: the state behind a refused chunk is anybody's guess. Here it is plain: there is no transaction any more, so that no
    // later chunk can become a message without this one.
    private async ValueTask<SessionEnd?> DropChunkAsync(Decision decision)
    {
        await DropTransferAsync().ConfigureAwait(false);
        if (_state.Envelope is { } envelope)
        {
            _parts.Trace.EndTransaction("refused", decision.Reply, envelope.Recipients.Count, 0);
            _state.MailRefused();
        }
        if (await FlushBeforeAsync(decision.Chunk).ConfigureAwait(false) is { } broken)
            return broken;
        var chunk = NextTransfer;
        chunk.StartDropping(decision.Reply);
        await chunk.ReceiveAsync(decision.Chunk).ConfigureAwait(false);
        _parts.Protocol.Content(Flow.Received);
        return await TellAsync(decision.Verb, Flow.Result).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionEnd?> ConcludeAsync(ChunkTransfer transfer)
    {
        _transfer = null;
        WriteAcceptance(SmtpVerb.Bdat);
        await Flow.LetGoAsync().ConfigureAwait(false);
        if (Flow.Result.Reply.IsRefusal)
            _state.MailRefused();
        else
            _state.Reset();
        Record(Flow.Result, transfer.Envelope!);
        return await TellAsync(SmtpVerb.Bdat, Flow.Result).ConfigureAwait(false);
    }

    // RSET, EHLO and the end of the session clear what came so far.
    private async ValueTask DropTransferAsync()
    {
        if (_transfer is not { } transfer)
            return;
        _transfer = null;
        await Flow.LetGoAsync().ConfigureAwait(false);
        Flow.Over(DataOutcome.Lost, default);
        Record(Flow.Result, transfer.Envelope!);
    }

    // RFC 2920 §3.2: what was said so far is sent before more is waited for.
    private ValueTask<SessionEnd?> FlushBeforeAsync(ChunkHeader chunk) =>
        _connection.Buffer.Length < chunk.Size ? FlushAsync() : default;
}
