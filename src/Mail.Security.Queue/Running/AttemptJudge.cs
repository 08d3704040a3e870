using System.Globalization;
using Mail.Security.Delivery;
using Mail.Security.Smtp;

namespace Mail.Security.Queue;

/// <summary>Says what becomes of each recipient after an attempt and what the sender is told. Pure: it reads no clock and no store.</summary>
internal sealed class AttemptJudge(RetrySchedule schedule)
{
    // RFC 3463 §3.5: X.4.7, the time for delivery is over.
    private static readonly EnhancedStatus TimeExpired = new(4, 4, 7);
    private static readonly EnhancedStatus NotInTime = new(5, 4, 7);            // RFC 2852 §4.1.3

    // RFC 3463 §3.4: X.3.0, nothing better is known.
    private static readonly EnhancedStatus NotReported = new(4, 3, 0);

    public AttemptVerdict Judge(QueueLease lease, AttemptResult result, DateTimeOffset now, double chance)
    {
        var times = new LeaseTimes(schedule, lease, now);
        var next = times.NextAttempt(chance);
        var completions = new List<RecipientCompletion>();
        var told = new List<DsnRecipient>();
        foreach (var named in lease.Envelope.Recipients.GroupBy(static recipient => recipient.Path))
        {
            var report = Find(result.Recipients, named.Key);
            var completion = Decide(report, lease, times, next);
            completions.Add(completion);
            // One who is named twice is told of what either of them asked for.
            if (ActionOf(report, completion, times) is { } action && named.FirstOrDefault(recipient => Wants(recipient.Notify, action)) is { } recipient)
                told.Add(Tell(recipient, report, completion, action) with { Status = action == DsnAction.Delayed && times.IsLate ? TimeExpired : completion.Status });
        }
        var delayed = told.Any(recipient => recipient.Action == DsnAction.Delayed);
        return new AttemptVerdict
        {
            Recipients = completions,
            Told = told,
            Next = completions.Any(completion => completion.Outcome == RecipientFate.Retry) ? next : null,
            Upcoming = delayed ? [.. times.Upcoming(next!.Value)] : [],
            HasNoDelayToTell = times.IsNoticeDue && (!delayed || lease.Envelope.ReversePath.RecipientDomain is null),
        };
    }

    // One recipient named twice is one recipient: the remote host answers for both at once, and what is done for one of them is done.
    private static RecipientReport Find(IReadOnlyList<RecipientReport> reports, MailPath recipient) =>
        reports.Where(report => report.Recipient == recipient).MaxBy(report => report.Disposition)
            ?? new RecipientReport { Recipient = recipient, Disposition = Disposition.Transient, Status = NotReported, Sentence = "The attempt said nothing of this recipient." };

    // RFC 3461 §5.2.5, §5.2.6: unasked, failures and delays are told. A relay comes here only when it is owed.
    private static bool Wants(DsnNotify notify, DsnAction action) => notify == DsnNotify.Unspecified || (notify != DsnNotify.Never && (action switch
    {
        DsnAction.Failed => notify.HasFlag(DsnNotify.Failure),
        DsnAction.Delayed => notify.HasFlag(DsnNotify.Delay),
        _ => true,
    }));

    private static DsnAction? ActionOf(RecipientReport report, RecipientCompletion completion, LeaseTimes times) => completion.Outcome switch
    {
        RecipientFate.Failed => DsnAction.Failed,
        RecipientFate.Retry when times.IsNoticeDue => DsnAction.Delayed,
        RecipientFate.Delivered when report.OwesRelayedDsn => DsnAction.Relayed,
        _ => null,
    };

    private RecipientCompletion Decide(RecipientReport report, QueueLease lease, LeaseTimes times, DateTimeOffset? next) => report.Disposition switch
    {
        Disposition.Delivered => new(report.Recipient, RecipientFate.Delivered, report.Status, report.Sentence),
        Disposition.Permanent => new(report.Recipient, RecipientFate.Failed, report.Status, report.Sentence),
        _ when next is not null => new(report.Recipient, RecipientFate.Retry, report.Status, report.Sentence),
        _ when times.IsReturnDue => new(report.Recipient, RecipientFate.Failed, NotInTime,
            string.Create(CultureInfo.InvariantCulture, $"Not delivered by {lease.Envelope.DeliverBy!.By.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, the time that was named for it. The last attempt: {report.Sentence}")),
        _ => new(report.Recipient, RecipientFate.Failed, Expired(report.Status), $"Given up {DsnText.Duration(schedule.Lifetime)} after it was accepted. The last attempt: {report.Sentence}"),
    };

    // RFC 3463 §3.5: the code of the actual problem is better than X.4.7. Its class stays 4, which with the action "failed" says that sending
    // again may succeed (RFC 3463 §2, RFC 3464 §2.3.3).
    private static EnhancedStatus Expired(EnhancedStatus last) =>
        last is { Class: 4 } and not { Subject: 0, Detail: 0 } ? last : TimeExpired;

    private static DsnRecipient Tell(SmtpRecipient recipient, RecipientReport report, RecipientCompletion completion, DsnAction action) => new()
    {
        Recipient = report.Recipient,
        OriginalRecipient = recipient.OriginalRecipient,
        Action = action,
        Status = completion.Status,
        Sentence = completion.Detail,
        RemoteMta = report.RemoteHost.IsEmpty ? null : report.RemoteHost.Ascii,
        RemoteReply = report.RemoteReply,
    };
}
