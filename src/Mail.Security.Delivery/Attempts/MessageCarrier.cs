using System.Globalization;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Sends one message over one session, in as many transactions as the server's recipient limit asks for.</summary>
internal sealed class MessageCarrier(SmtpPoolPlace place, HostPlan plan, DeliveryRequest request, AttemptParts parts, RecipientBoard board, HashSet<int> answered)
{
    private readonly DomainName host = plan.Host;
    private readonly RelayPromises _promises = new(request.Envelope.DeliverBy, place.Session!.Capabilities, parts.Time.GetUtcNow());
    // From this attempt on silence is taken for an illness of the host, and not for a reply that got lost on its way.
    private const int AttemptThatPassesSilence = 3;

    private TlsDemand Demand => request.Envelope.TlsDemand;

    /// <summary>What came of it, in one sentence.</summary>
    public string Result { get; private set; } = "stopped before the message was sent";

    /// <summary>The label of a failure of ours; empty for what the server said.</summary>
    public string Label { get; private set; } = "";

    /// <summary>Sends it.</summary>
    public async ValueTask<CarryEnd> SendAsync(AttemptTokens tokens)
    {
        var (mayBeGone, begun) = (place.IsReused, place.Session!.Transactions);
        // Who has not been asked for comes first: a server that takes one at a time would otherwise be asked for the same one again and again.
        var open = board.Open.OrderBy(one => answered.Contains(one.Index)).ToList();
        while (open.Count > 0)
        {
            if (await SendAsync(open, tokens.Stop).ConfigureAwait(false) is not { } result)
                return CarryEnd.Carried;
            if (mayBeGone && IsBeforeAll(result.ConnectionFailure, place.Session!.Transactions - begun))
            {
                Result = Sentences.OneLine($"the connection was gone: {result.ConnectionFailure!.Detail}");
                return CarryEnd.Gone;
            }
            mayBeGone = false;
            Take(open, result);
            // RFC 5321 §4.5.3.1.10: who was one too many goes in a transaction of its own, as long as each moves somebody.
            var overLimit = open.Where((_, at) => IsOverLimit(result.Recipients[at])).ToList();
            var anyNew = NoteAnswers(open, result);
            if (result.Recipients.Any(IsLeftOver) && anyNew && !tokens.Search.IsCancellationRequested)
            {
                NoteOpen(open, result, IsOverLimit);
                return CarryEnd.LeftSome;
            }
            if (tokens.Search.IsCancellationRequested || overLimit.Count == open.Count || result.State != SessionState.Reusable || place.IsSpent || !result.Recipients.Any(static one => one.Outcome == DeliveryOutcome.Accepted))
            {
                NoteOpen(open, result, static one => IsOverLimit(one) || IsLeftOver(one));
                return CarryEnd.Carried;
            }
            open = overLimit;
        }
        return CarryEnd.Carried;
    }

    private bool NoteAnswers(List<(int Index, SmtpRecipient Recipient)> open, TransactionResult result)
    {
        var any = false;
        foreach (var (at, one) in open.Index())
            any |= !IsLeftOver(result.Recipients[at]) && answered.Add(one.Index);
        return any;
    }

    private void NoteOpen(List<(int Index, SmtpRecipient Recipient)> open, TransactionResult result, Func<RecipientOutcome, bool> which)
    {
        foreach (var (at, one) in open.Index().Where(pair => which(result.Recipients[pair.Index])))
            board.Note(one.Index, Failure(result.Recipients[at], result.ConnectionFailure));
    }

    // What failed before the reply to the first MAIL: the server has heard of nobody. Later turns of the same call come after recipients that were answered.
    private static bool IsBeforeAll(SessionFailure? failure, int begun) => failure switch
    {
        { Stage: SmtpStage.Reset } => begun == 0,
        { Stage: SmtpStage.Mail } => begun <= 1,
        _ => false,
    };

    // Null when the time for it was over; the session is closed then, and all are noted.
    private async ValueTask<TransactionResult?> SendAsync(List<(int Index, SmtpRecipient Recipient)> open, CancellationToken cancellationToken)
    {
        var item = new MailItem(request.Envelope with { Recipients = [.. open.Select(one => Spelt(_promises.Ask(one.Recipient)))] }, request.Content);
        var report = new TransactionReport();
        using var limit = new CancellationTokenSource(parts.Options.TransferTimeout, parts.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await place.Session!.SendIntoAsync(item, report, both.Token).ConfigureAwait(false);
            return report.ToResult();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            TakeDecided(open, report);
            CutOff([.. open.Where((_, at) => at >= report.Count || report.ReplyCodeOf(at) == 0)]);
            return null;
        }
        catch
        {
            TakeDecided(open, report);
            throw;
        }
    }

    // RFC 3461 §5.2.1 has ORCPT passed on as it came; one that has no room in a parameter here is for our own notices only.
    private static SmtpRecipient Spelt(SmtpRecipient recipient) =>
        recipient.OriginalRecipient is { } original && !DsnParameters.CanSpell(original) ? recipient with { OriginalRecipient = null } : recipient;

    // The session may have sent the message in several turns: who was answered in one of them is answered.
    private void TakeDecided(List<(int Index, SmtpRecipient Recipient)> open, TransactionReport report)
    {
        for (var at = 0; at < report.Count; at++)
        {
            if (report.ReplyCodeOf(at) != 0)
                Take(open[at], report.ToOutcome(at), null);
        }
    }

    // How far the message had come is not known: no other host is asked.
    private void CutOff(List<(int Index, SmtpRecipient Recipient)> open)
    {
        var failure = FailureTable.Of(PlanFault.TransferTimeout, host.ToString());
        DeliveryTelemetry.HostSkipped(failure);
        foreach (var (index, _) in open)
            board.Settle(index, new HostFailure(host, failure, null));
        (Result, Label) = (failure.Sentence, failure.Label);
    }

    private static bool IsOverLimit(RecipientOutcome outcome) =>
        outcome is { Outcome: DeliveryOutcome.Deferred, Stage: SmtpStage.Recipient, Reply.Code: 452 or 552 };

    // Not sent at all: the server takes no more transactions, or no more domains, in the session.
    private static bool IsLeftOver(RecipientOutcome outcome) => outcome is { Local.Code: 452, Stage: SmtpStage.Local };

    private void Take(List<(int Index, SmtpRecipient Recipient)> open, TransactionResult result)
    {
        for (var at = 0; at < open.Count; at++)
        {
            var outcome = result.Recipients[at];
            if (!IsOverLimit(outcome) && !IsLeftOver(outcome))
                Take(open[at], outcome, result.ConnectionFailure);
        }
        Result = Summarize(result);
    }

    private void Take((int Index, SmtpRecipient Recipient) open, RecipientOutcome outcome, SessionFailure? connection)
    {
        var index = open.Index;
        if (outcome.Outcome == DeliveryOutcome.Accepted)
            board.Deliver(index, host, outcome.Reply!, outcome.OwesRelayedDsn || _promises.OwesRelayedDsn(open.Recipient));
        else if (IsFinal(outcome, connection))
            board.Settle(index, Failure(outcome, connection));
        else
            board.Note(index, Failure(outcome, connection));
    }

    // A refusal by the server is its domain's word. A message that got no answer after its end may have been delivered: another host would
    // deliver it twice; but a host that is always silent must not keep it from the others for ever. Faulty content is no better elsewhere. All else speaks of this host at this time.
    private bool IsFinal(RecipientOutcome outcome, SessionFailure? connection) =>
        (outcome is { Outcome: DeliveryOutcome.Refused, Reply: not null } && !IsMatterOfTheRelay(outcome))
        || outcome is { Local: not null, Stage: SmtpStage.EndOfData }
        || (request.Attempt < AttemptThatPassesSilence && connection is { Stage: SmtpStage.EndOfData } && IsUndecided(outcome));

    private static bool IsUndecided(RecipientOutcome outcome) => outcome is { Outcome: DeliveryOutcome.Deferred, Local: null, Reply: null or { IsTransient: false, IsPermanent: false } };

    private HostFailure Failure(RecipientOutcome outcome, SessionFailure? connection)
    {
        var failure = FailureTable.Of(outcome, connection, Demand);
        return new HostFailure(host, IsMatterOfTheRelay(outcome) ? FailureTable.AtRelay(failure) : failure, outcome.Reply);
    }

    // RFC 4954 §6: a relay that wants a login, or another one, speaks of the operator and not of the message.
    private bool IsMatterOfTheRelay(RecipientOutcome outcome) => plan.IsRelay && outcome.Reply is { Code: 530 or 534 or 535 or 538 };

    private string Summarize(TransactionResult result)
    {
        var accepted = result.Recipients.Count(static one => one.Outcome == DeliveryOutcome.Accepted);
        var first = result.Recipients.FirstOrDefault(static one => one.Outcome != DeliveryOutcome.Accepted);
        var taken = result.Recipients.FirstOrDefault(static one => one.Outcome == DeliveryOutcome.Accepted);
        return Sentences.OneLine((taken, first) switch
        {
            (not null, null) => $"accepted: {taken.Reply}",
            (null, not null) => FailureTable.Of(first, result.ConnectionFailure, Demand).Sentence,
            (not null, not null) => string.Create(CultureInfo.InvariantCulture, $"accepted for {accepted} of {result.Recipients.Count} recipients: {taken.Reply}; {first.Path}: {FailureTable.Of(first, result.ConnectionFailure, Demand).Sentence}"),
            _ => "nothing to send",
        });
    }
}
