using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue;

/// <summary>Turns the result of an attempt into a completion and a notice, and records both together.</summary>
internal sealed class ResultRecorder(IMailQueueStore store, RetrySchedule schedule, QueueOptions options, TimeProvider time, ILogger logger, QueueMeters meters)
{
    private readonly AttemptJudge _judge = new(schedule);
    private readonly DsnBuilder _notices = new(options.ReportingHost, time);

    /// <summary>When a message that got no turn is due again; null when it is time to tell of the delay or to give up, which only a result does.</summary>
    public DateTimeOffset? MayPostpone(QueueLease lease, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        var times = new LeaseTimes(schedule, lease, now);
        return times.IsOver || times.IsNoticeDue ? null : until < times.NextTurn ? until : times.NextTurn;
    }

    /// <summary>Records a result. While the store cannot, it is tried again as long as the lease is held and the runner does not stop.</summary>
    public async Task RecordAsync(QueueLease lease, AttemptResult result, LeaseKeeper keeper, CancellationToken cancel)
    {
        var (verdict, notice) = await PrepareAsync(lease, result).ConfigureAwait(false);
        for (var failures = 1; ; failures++)
        {
            var last = keeper.Stopped.IsCancellationRequested;
            var recorded = await store.CompleteAsync(lease, Completion(lease, result, verdict, notice), notice, CancellationToken.None).ConfigureAwait(false);
            if (recorded is StoreResult<LeaseState>.Stored(var state))
            {
                Recorded(lease, state, verdict, notice);
                return;
            }
            var (reason, detail) = (StoreResult<LeaseState>.Unavailable)recorded;
            meters.StoreFailures.Add(1);
            QueueLog.ResultNotRecordedYet(logger, lease.MessageId.Value, lease.Domain.Name.Ascii, reason, detail);
            if (last)
            {
                Dropped(lease, cancel);
                return;
            }
            // A full store has room for the result if not for the notice; a delay can be told after the next attempt, and to be told of a relay is less than to have it done twice.
            if (reason == StoreFailure.Full && !verdict.TellsFailure)
                notice = null;
            await Task.Delay(QueueBackoff.After(failures, options.MaxStoreBackoff), time, keeper.Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(AttemptVerdict Verdict, NewQueueMessage? Notice)> PrepareAsync(QueueLease lease, AttemptResult result)
    {
        var now = time.GetUtcNow();
        var verdict = _judge.Judge(lease, result, now, Random.Shared.NextDouble());
        try
        {
            return (verdict, await NoticeAsync(lease, result, verdict).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // a fault in a notice must not keep the result from the store: what is delivered would be delivered again
        catch (Exception fault)
#pragma warning restore CA1031
        {
            QueueLog.NoticeFaulted(logger, lease.MessageId.Value, lease.Domain.Name.Ascii, fault);
            return (verdict.Untold(now + schedule.DelayAfter(lease.Attempt)), null);
        }
    }

    private static LeaseCompletion Completion(QueueLease lease, AttemptResult result, AttemptVerdict verdict, NewQueueMessage? notice) => new()
    {
        Recipients = verdict.Recipients,
        RetryAt = verdict.Next ?? lease.Expires,
        DelayNotice = verdict.HasNoDelayToTell || (notice is not null && verdict.TellsDelay) ? DelayNotice.Sent : lease.DelayNotice,
        Explanation = result.Explanation,
    };

    private async Task<NewQueueMessage?> NoticeAsync(QueueLease lease, AttemptResult result, AttemptVerdict verdict)
    {
        if (verdict.Told.Count == 0)
            return null;
        if (lease.Envelope.ReversePath.RecipientDomain is null)    // RFC 5321 §6.1: the null reverse-path never gets a notice
        {
            if (verdict.Told.Count(recipient => recipient.Action == DsnAction.Failed) is > 0 and var failed)
                QueueLog.NobodyToTell(logger, lease.MessageId.Value, lease.Domain.Name.Ascii, failed);
            return null;
        }
        var request = new DsnRequest
        {
            Envelope = lease.Envelope, Content = lease.Content, Received = lease.Received, LastAttempt = result.Began, EnvelopeId = lease.EnvelopeId,
            Recipients = verdict.Told, Upcoming = verdict.Upcoming, Explanation = result.Explanation,
        };
        return _notices.Build(request, await HeaderAsync(lease, request).ConfigureAwait(false));
    }

    private async ValueTask<OriginalHeader> HeaderAsync(QueueLease lease, DsnRequest request)
    {
        try
        {
            return await OriginalHeader.ReadAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            QueueLog.HeaderUnreadable(logger, lease.MessageId.Value, fault);
            return OriginalHeader.None;
        }
    }

    private void Recorded(QueueLease lease, LeaseState state, AttemptVerdict verdict, NewQueueMessage? notice)
    {
        var (message, domain) = (lease.MessageId.Value, lease.Domain.Name.Ascii);
        if (state == LeaseState.Lost)
        {
            QueueLog.LeaseLost(logger, message, domain);
            return;
        }
        foreach (var recipient in verdict.Recipients)
            meters.CountOutcome(recipient.Outcome);
        if (notice is not null)
            meters.CountNotice(verdict.TellsFailure ? DsnAction.Failed : verdict.TellsDelay ? DsnAction.Delayed : DsnAction.Relayed);
        foreach (var (fate, status, detail) in verdict.Recipients.Select(recipient => (recipient.Outcome, recipient.Status, recipient.Detail)).Distinct())
        {
            if (fate == RecipientFate.Delivered)
                QueueLog.Delivered(logger, message, domain, lease.Attempt, status, detail);
            else if (fate == RecipientFate.Failed)
                QueueLog.Failed(logger, message, domain, lease.Attempt, status, detail);
            else
                QueueLog.Deferred(logger, message, domain, lease.Attempt, verdict.Next, status, detail);
        }
    }

    private void Dropped(QueueLease lease, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            QueueLog.ResultDropped(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
        else
            QueueLog.LeaseLost(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
    }
}
