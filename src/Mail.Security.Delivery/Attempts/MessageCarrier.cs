using System.Globalization;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Sends one message over one session, in as many transactions as the server's recipient limit asks for.</summary>
internal sealed class MessageCarrier(SmtpPoolPlace place, HostPlan plan, DeliveryRequest request, AttemptParts parts, RecipientBoard board)
{
    private readonly DomainName host = plan.Host;
    // From this attempt on silence is taken for an illness of the host, and not for a reply that got lost on its way.
    private const int AttemptThatPassesSilence = 3;

    private TlsDemand Demand => request.Envelope.TlsDemand;

    /// <summary>What came of it, in one sentence.</summary>
    public string Result { get; private set; } = "stopped before the message was sent";

    /// <summary>Sends it.</summary>
    /// <returns>False when the session, used before, was gone: it failed before the server had heard of the message, and nobody is noted on the board.</returns>
    public async ValueTask<bool> SendAsync(AttemptTokens tokens)
    {
        var mayBeGone = place.IsReused;
        var open = board.Open;
        while (open.Count > 0)
        {
            var envelope = request.Envelope with { Recipients = [.. open.Select(static one => one.Recipient)] };
            if (await SendAsync(envelope, tokens.Stop).ConfigureAwait(false) is not { } result)
            {
                CutOff(open);
                return true;
            }
            if (mayBeGone && result.ConnectionFailure is { Stage: SmtpStage.Reset or SmtpStage.Mail } gone)
            {
                Result = Sentences.OneLine($"the connection was gone: {gone.Detail}");
                return false;
            }
            mayBeGone = false;
            Take(open, result);
            // RFC 5321 §4.5.3.1.10: who was one too many goes in a transaction of its own, as long as each moves somebody.
            var overLimit = open.Where((_, at) => IsOverLimit(result.Recipients[at])).ToList();
            if (tokens.Search.IsCancellationRequested || overLimit.Count == open.Count || result.State != SessionState.Reusable || place.IsSpent || !result.Recipients.Any(static one => one.Outcome == DeliveryOutcome.Accepted))
            {
                foreach (var (at, one) in open.Index().Where(pair => IsOverLimit(result.Recipients[pair.Index])))
                    board.Note(one.Index, Failure(result.Recipients[at], result.ConnectionFailure));
                return true;
            }
            open = overLimit;
        }
        return true;
    }

    // Null when the time for it was over; the session is closed then.
    private async ValueTask<TransactionResult?> SendAsync(SmtpEnvelope envelope, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(parts.Options.TransferTimeout, parts.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await place.Session!.SendAsync(envelope, request.Content, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    // How far the message had come is not known: no other host is asked.
    private void CutOff(IReadOnlyList<(int Index, SmtpRecipient Recipient)> open)
    {
        var failure = FailureTable.Of(PlanFault.TransferTimeout, host.ToString());
        DeliveryTelemetry.HostSkipped(failure);
        foreach (var (index, _) in open)
            board.Settle(index, new HostFailure(host, failure, null));
        Result = failure.Sentence;
    }

    private static bool IsOverLimit(RecipientOutcome outcome) =>
        outcome is { Outcome: DeliveryOutcome.Deferred, Stage: SmtpStage.Recipient, Reply.Code: 452 or 552 };

    private void Take(IReadOnlyList<(int Index, SmtpRecipient Recipient)> open, TransactionResult result)
    {
        for (var at = 0; at < open.Count; at++)
        {
            var outcome = result.Recipients[at];
            if (!IsOverLimit(outcome))
                Take(open[at].Index, outcome, result.ConnectionFailure);
        }
        Result = Summarize(result);
    }

    private void Take(int index, RecipientOutcome outcome, SessionFailure? connection)
    {
        if (outcome.Outcome == DeliveryOutcome.Accepted)
            board.Deliver(index, host, outcome.Reply!);
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
