using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>Says what becomes of each recipient after an attempt and what the sender is told. Pure: it reads no clock and no store.</summary>
internal sealed class AttemptJudge(RetrySchedule schedule)
{
    // RFC 3463 §3.5: X.4.7, the time for delivery is over.
    private static readonly EnhancedStatus TimeExpired = new(4, 4, 7);

    // RFC 3463 §3.4: X.3.0, nothing better is known.
    private static readonly EnhancedStatus NotReported = new(4, 3, 0);

    public AttemptVerdict Judge(QueueLease lease, AttemptResult result, DateTimeOffset now, double chance)
    {
        var next = schedule.NextAttempt(lease.Received, now, lease.Attempt, chance);
        var tellDelay = next is not null && lease.DelayNotice == DelayNotice.NotSent && schedule.IsNoticeDue(lease.Received, now);
        var completions = new List<RecipientCompletion>();
        var told = new List<DsnRecipient>();
        foreach (var recipient in lease.Envelope.Recipients.Select(recipient => recipient.Path).Distinct())
        {
            var report = Find(result.Recipients, recipient);
            var completion = Decide(report, next);
            completions.Add(completion);
            if (completion.Outcome == RecipientFate.Failed || (completion.Outcome == RecipientFate.Retry && tellDelay))
                told.Add(Tell(report, completion));
        }
        var delayed = told.Any(recipient => recipient.Action == DsnAction.Delayed);
        return new AttemptVerdict
        {
            Recipients = completions,
            Told = told,
            Next = completions.Any(completion => completion.Outcome == RecipientFate.Retry) ? next : null,
            Upcoming = delayed ? [.. schedule.Upcoming(lease.Received, next!.Value, lease.Attempt)] : [],
        };
    }

    // One recipient named twice is one recipient: the remote host answers for both at once, and what is done for one of them is done.
    private static RecipientReport Find(IReadOnlyList<RecipientReport> reports, MailPath recipient) =>
        reports.Where(report => report.Recipient == recipient).MaxBy(report => report.Disposition)
            ?? new RecipientReport { Recipient = recipient, Disposition = Disposition.Transient, Status = NotReported, Sentence = "The attempt said nothing of this recipient." };

    private RecipientCompletion Decide(RecipientReport report, DateTimeOffset? next) => report.Disposition switch
    {
        Disposition.Delivered => new(report.Recipient, RecipientFate.Delivered, report.Status, report.Sentence),
        Disposition.Permanent => new(report.Recipient, RecipientFate.Failed, report.Status, report.Sentence),
        _ when next is not null => new(report.Recipient, RecipientFate.Retry, report.Status, report.Sentence),
        _ => new(report.Recipient, RecipientFate.Failed, Expired(report.Status), $"Given up {DsnText.Duration(schedule.Lifetime)} after it was accepted. The last attempt: {report.Sentence}"),
    };

    // RFC 3463 §3.5: the code of the actual problem is better than X.4.7. Its class stays 4, which with the action "failed" says that sending
    // again may succeed (RFC 3463 §2, RFC 3464 §2.3.3).
    private static EnhancedStatus Expired(EnhancedStatus last) =>
        last is { Class: 4 } and not { Subject: 0, Detail: 0 } ? last : TimeExpired;

    private static DsnRecipient Tell(RecipientReport report, RecipientCompletion completion) => new()
    {
        Recipient = report.Recipient,
        Action = completion.Outcome == RecipientFate.Failed ? DsnAction.Failed : DsnAction.Delayed,
        Status = completion.Status,
        Sentence = completion.Detail,
        RemoteMta = report.RemoteHost.IsEmpty ? null : report.RemoteHost.Ascii,
        RemoteReply = report.RemoteReply,
    };
}
