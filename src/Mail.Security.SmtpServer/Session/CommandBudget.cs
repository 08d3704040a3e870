using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Bounds what a client may do without moving mail. What an honest pipelining client cannot help is not held against it.</summary>
internal sealed class CommandBudget(SessionState state, SmtpServerOptions options)
{
    private TimeSpan _waited;

    // Refused recipients are asked about too, but not without end.
    private long MaxAttempts => 2L * options.MaxRecipients;

    /// <summary>Counts a command, and puts another decision in the place of this one when there were too many.</summary>
    public void Spend(ref Decision decision)
    {
        if (Excess(decision) is { } refusal)
            decision = Decision.Answer(decision.Verb, refusal);
    }

    private ServerReply? Excess(in Decision decision)
    {
        if (decision.Verb == SmtpVerb.Mail && options.MaxTransactions > 0 && ++state.Transactions > options.MaxTransactions)
            return Replies.TooManyTransactions;
        if (decision.Verb is SmtpVerb.Rcpt or SmtpVerb.Data || decision.Action == SessionAction.DropChunk)
            state.RecipientAttempts++;
        else if (decision.Verb != SmtpVerb.Quit && !MovesMail(decision) && ++state.IdleCommands > options.MaxIdleCommands)
            return Replies.TooManyIdleCommands;

        var tooMany = decision.Action == SessionAction.Recipient && state.RecipientAttempts > MaxAttempts;
        if ((tooMany || IsError(decision)) && ++state.Errors > options.MaxErrors)
            return Replies.TooManyErrors;
        return tooMany ? Replies.TooManyRecipients : null;
    }

    /// <summary>Counts a refusal that was found only when the command was acted on; gives it back, or the one that takes its place when there were too many.</summary>
    public ServerReply Charge(ServerReply refusal) => ++state.Errors > options.MaxErrors ? Replies.TooManyErrors : refusal;

    /// <summary>A message was accepted: the client is an honest one.</summary>
    public void Refill() => (state.Errors, state.IdleCommands, _waited) = (0, 0, TimeSpan.Zero);

    /// <summary>The most to wait for the next command: what is left of the time for all of them may be less.</summary>
    public TimeSpan NextWait(TimeSpan limit)
    {
        var left = options.Timeouts.BetweenMessages - _waited;
        return left >= limit ? limit : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The client was waited for this long.</summary>
    public void Waited(TimeSpan time) => _waited += time;

    // A chunk that brings nothing and ends nothing can be repeated for ever.
    private static bool MovesMail(in Decision decision) =>
        decision.Action == SessionAction.Chunk && (decision.Chunk.Size > 0 || decision.Chunk.Kind == ChunkKind.Last);

    private bool IsError(in Decision decision)
    {
        if (decision.Action is not (SessionAction.Reply or SessionAction.DropChunk or SessionAction.Inquire) || !decision.Reply.IsRefusal)
            return false;
        // RFC 2920 §3.1, RFC 3030 §2: these were under way before the refusal of what they depend on could be read.
        var dependent = decision.Verb is SmtpVerb.Rcpt or SmtpVerb.Data or SmtpVerb.Bdat
            && (state.LastMail == MailOutcome.Refused || decision.Reply == Replies.TooManyRecipients || decision.Reply == Replies.TooManyDomains || decision.Reply == Replies.NoRecipients);
        return !dependent || state.RecipientAttempts > MaxAttempts;
    }
}
