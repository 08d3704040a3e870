using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

// VRFY, EXPN and HELP: commands for people, whom the handler may want to answer.
internal sealed partial class SessionRunner
{
    private async ValueTask<SessionEnd?> InquireAsync(Decision decision)
    {
        var call = await _calls.CallAsync(NameOf(decision.Verb), (Parts: _parts, decision.Verb, Text: decision.Name), static (on, token) => on.Verb switch
        {
            SmtpVerb.Vrfy => on.Parts.Handler.OnVerifyAsync(on.Parts.Session, on.Text, token),
            SmtpVerb.Expn => on.Parts.Handler.OnExpandAsync(on.Parts.Session, on.Text, token),
            _ => on.Parts.Handler.OnHelpAsync(on.Parts.Session, on.Text, token),
        }).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.Failed)
            return await ReplyAsync(decision, Replies.LocalError).ConfigureAwait(false);
        if (call.Value is not { } answer)
            return await ReplyAsync(decision, decision.Reply).ConfigureAwait(false);
        // An answer that is none is a bug of its author; one with 421 closes as any other does.
        if (!Refusals.IsAnswerTo(decision.Verb, answer))
            return await ReplyAsync(decision, Replies.LocalError).ConfigureAwait(false);
        if (answer.Code == 421)
            return await ReplyAsync(decision, new ServerReply(421, answer.Status, Refusals.CleanText(answer.Text))).ConfigureAwait(false);
        _replies.WriteAnswer(decision.Verb, answer);
        return await FlushAsync().ConfigureAwait(false);
    }

    private static string NameOf(SmtpVerb verb) => verb switch
    {
        SmtpVerb.Vrfy => "SmtpHandler.OnVerifyAsync",
        SmtpVerb.Expn => "SmtpHandler.OnExpandAsync",
        _ => "SmtpHandler.OnHelpAsync",
    };
}
