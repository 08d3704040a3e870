using System.Diagnostics;
using Mail.Security.Delivery;
using Mail.Security.Smtp;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue;

/// <summary>Does the work of one lease: keeps it, has the attempt made, has the result recorded.</summary>
internal sealed class LeaseWorker(IMailQueueStore store, IDeliveryAgent agent, ResultRecorder recorder, QueueOptions options, TimeProvider time, ILogger logger, QueueMeters meters)
{
    private static readonly ActivitySource Activities = new("Mail.Security.Queue");

    // RFC 3463 §3.4: X.3.0, the fault is in this system.
    private static readonly EnhancedStatus OwnFault = new(4, 3, 0);

    /// <summary>Makes the attempt and has its result recorded; ends when there is nothing left to do with the lease.</summary>
    public async Task WorkAsync(QueueLease lease, CancellationToken cancel)
    {
        using var activity = Activities.StartActivity("queue.attempt", ActivityKind.Producer);
        activity?.SetTag("mail.queue.message", lease.MessageId.Value).SetTag("mail.queue.domain", lease.Domain.Name.Ascii).SetTag("mail.queue.attempt", lease.Attempt);
        if (!await IsHeldAsync(lease).ConfigureAwait(false))
            return;
        var keeper = new LeaseKeeper(store, lease, options, time, logger, meters, cancel);
        await using (keeper.ConfigureAwait(false))
        {
            var result = await AttemptAsync(lease, keeper).ConfigureAwait(false);
            // What is delivered or refused is recorded, whatever else waits: forgotten, it would be sent again.
            if (result is { PostponedUntil: { } until } && result.Recipients.All(static recipient => recipient.Disposition == Disposition.Transient) && recorder.MayPostpone(lease, until) is { } due)
                await PostponeAsync(lease, due).ConfigureAwait(false);
            else if (result is not null)
                await recorder.RecordAsync(lease, result, keeper, cancel).ConfigureAwait(false);
            activity?.SetStatus(result?.Recipients.All(recipient => recipient.Disposition == Disposition.Delivered) == true ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        }
    }

    /// <summary>Gives a lease back due at once, because the runner stops.</summary>
    public async Task ReleaseAsync(QueueLease lease)
    {
        switch (await store.ReleaseAsync(lease, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false))
        {
            case StoreResult<LeaseState>.Stored(LeaseState.Held):
                QueueLog.AttemptCancelled(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
                break;
            case StoreResult<LeaseState>.Unavailable(var reason, var detail):
                meters.StoreFailures.Add(1);
                QueueLog.StoreUnavailable(logger, reason, detail);
                break;
            default:
                QueueLog.LeaseLost(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
                break;
        }
    }

    // Where the store cannot take the attempt back it stays counted: the lease ends by itself, and the provisional retry is written already.
    private async Task PostponeAsync(QueueLease lease, DateTimeOffset due)
    {
        switch (await store.PostponeAsync(lease, due, CancellationToken.None).ConfigureAwait(false))
        {
            case StoreResult<LeaseState>.Stored(LeaseState.Held):
                meters.Postponed.Add(1);
                QueueLog.Postponed(logger, lease.MessageId.Value, lease.Domain.Name.Ascii, due);
                break;
            case StoreResult<LeaseState>.Unavailable(var reason, var detail):
                meters.StoreFailures.Add(1);
                QueueLog.StoreUnavailable(logger, reason, detail);
                break;
            default:
                QueueLog.LeaseLost(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
                break;
        }
    }

    // The store may have been slow to give the lease, or the clock put forward: where it could end before the keeper's first renewal,
    // another runner may have taken it over, and the attempt waits for the word of the store.
    private async Task<bool> IsHeldAsync(QueueLease lease)
    {
        var now = time.GetUtcNow();
        if (lease.Expires - now > LeaseKeeper.Interval(options))
            return true;
        switch (await store.RenewAsync(lease, now + options.LeaseDuration, CancellationToken.None).ConfigureAwait(false))
        {
            case StoreResult<LeaseState>.Stored(LeaseState.Held):
                return true;
            case StoreResult<LeaseState>.Unavailable(var reason, var detail):
                meters.StoreFailures.Add(1);
                QueueLog.StoreUnavailable(logger, reason, detail);
                break;
        }
        QueueLog.LeaseCameLate(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
        return false;
    }

    /// <summary>Makes the attempt; null when it was stopped and there is nothing to record.</summary>
    private async Task<AttemptResult?> AttemptAsync(QueueLease lease, LeaseKeeper keeper)
    {
        var began = time.GetUtcNow();
        // RFC 2852 §4.1.3: the time is over, and no further attempt may be made.
        if (lease.Envelope.DeliverBy is { Mode: DeliverByMode.Return } deliver && began >= deliver.By)
            return new AttemptResult(began, [.. lease.Envelope.Recipients.Select(recipient => TooLate(recipient.Path))], string.Empty);
        meters.Running.Add(1);
        try
        {
            var request = new DeliveryRequest { Domain = lease.Domain, Envelope = lease.Envelope, Content = lease.Content, Attempt = lease.Attempt, Account = lease.Account, Transport = lease.Transport };
            var report = await agent.DeliverAsync(request, keeper.Stopped).ConfigureAwait(false);
            return new AttemptResult(report.Started, report.Recipients, report.Explanation.ToString()) { PostponedUntil = report.PostponedUntil };
        }
        catch (OperationCanceledException) when (keeper.Stopped.IsCancellationRequested)
        {
            if (keeper.IsLost)
                QueueLog.LeaseLost(logger, lease.MessageId.Value, lease.Domain.Name.Ascii);
            else
                await ReleaseAsync(lease).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // a fault of the agent must not lose the message: it is tried again
        catch (Exception fault)
#pragma warning restore CA1031
        {
            QueueLog.AttemptFaulted(logger, lease.MessageId.Value, lease.Domain.Name.Ascii, fault);
            return new AttemptResult(began, [.. lease.Envelope.Recipients.Select(recipient => Faulted(recipient.Path))], string.Empty);
        }
        finally
        {
            meters.Running.Add(-1);
        }
    }

    private static RecipientReport TooLate(MailPath recipient) =>
        new() { Recipient = recipient, Disposition = Disposition.Transient, Status = new EnhancedStatus(4, 4, 7), Sentence = "None was made any more." };

    private static RecipientReport Faulted(MailPath recipient) =>
        new() { Recipient = recipient, Disposition = Disposition.Transient, Status = OwnFault, Sentence = "The attempt ended in a fault of this mail system." };
}
