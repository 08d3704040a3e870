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

    private long _heldSince;

    /// <summary>Whether replies wait to be sent.</summary>
    public bool HasPending { get; private set; }

    /// <summary>Whether what became of a message is among them: these are sent before anything is waited for.</summary>
    public bool HoldsResult { get; private set; }

    /// <summary>Whether what waits should be sent now, whatever else the client has in store: there is much of it, or the result of a message has waited for long, which is looked at between commands.</summary>
    public bool IsDue => IsFull || (HoldsResult && parts.Time.GetElapsedTime(_heldSince) >= HoldLimit);

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

    /// <summary>Lets what became of a message wait for the replies to the commands that came with it.</summary>
    public void HoldResult()
    {
        if (!HoldsResult)
            _heldSince = parts.Time.GetTimestamp();
        HoldsResult = true;
    }

    /// <summary>Sends what waits.</summary>
    public ValueTask<WaitOutcome> FlushAsync()
    {
        if (!HasPending)
            return new(WaitOutcome.Done);
        (HasPending, HoldsResult) = (false, false);
        // Nearly every flush is over at once; the clock is for those that are not.
        var flush = connection.FlushAsync(clock.Token);
        return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WaitOutcome> WaitAsync(ValueTask<WaitOutcome> flush)
    {
        clock.Arm(parts.Options.Timeouts.Write);
        var outcome = await flush.ConfigureAwait(false);
        clock.Disarm();
        return outcome;
    }

    /// <summary>
    /// Sends what became of a message where a session ends without last words, because it is aborted or for an exception: a client that is not
    /// told sends an accepted message again.
    /// </summary>
    public async ValueTask SendResultAsync()
    {
        if (!HoldsResult)
            return;
        using var limit = new CancellationTokenSource(AbortLimit, parts.Time);
        (HasPending, HoldsResult) = (false, false);
        await connection.FlushAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>Sends last words, in a short time, whatever the session's clock says unless the session is aborted.</summary>
    public async ValueTask SayLastAsync(ServerReply reply)
    {
        using var limit = new CancellationTokenSource(CloseLimit, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, clock.Aborted);
        Write(reply);
        (HasPending, HoldsResult) = (false, false);
        if (await connection.FlushAsync(either.Token).ConfigureAwait(false) == WaitOutcome.Done)
            await connection.FinishAsync(either.Token).ConfigureAwait(false);
    }
}
