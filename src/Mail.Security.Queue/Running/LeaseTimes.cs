using Mail.Security.Smtp;

namespace Mail.Security.Queue;

/// <summary>What time it is for a message: by the schedule, and by the time its sender named (RFC 2852 §4.1).</summary>
internal readonly struct LeaseTimes
{
    private readonly RetrySchedule _schedule;
    private readonly QueueLease _lease;
    private readonly DateTimeOffset _now;

    public LeaseTimes(RetrySchedule schedule, QueueLease lease, DateTimeOffset now) => (_schedule, _lease, _now) = (schedule, lease, now);

    /// <summary>The sender wants the message back, and the time is over: no further attempt may be made (RFC 2852 §4.1.3).</summary>
    public bool IsReturnDue => Deliver is { Mode: DeliverByMode.Return } deliver && _now >= deliver.By;

    /// <summary>The sender wants to be told, and the time is over (RFC 2852 §4.1.3).</summary>
    public bool IsLate => Deliver is { Mode: DeliverByMode.Notify } deliver && _now >= deliver.By;

    /// <summary>There is no next attempt.</summary>
    public bool IsOver => _now >= _schedule.Expiry(_lease.Received) || IsReturnDue;

    /// <summary>A notice of delay is due. Who named a time is told when it is over, and not before.</summary>
    public bool IsNoticeDue => _lease.DelayNotice == DelayNotice.NotSent && !IsOver
        && (Deliver is { Mode: DeliverByMode.Notify } ? IsLate : _schedule.IsNoticeDue(_lease.Received, _now));

    /// <summary>The next instant at which there is something to tell or to end.</summary>
    public DateTimeOffset NextTurn
    {
        get
        {
            var turn = _lease.DelayNotice == DelayNotice.NotSent && _schedule.DelayNoticeAfter is { } notice && _now < _lease.Received + notice ? _lease.Received + notice : _schedule.Expiry(_lease.Received);
            return Deliver is { } deliver && _now < deliver.By && deliver.By < turn ? deliver.By : turn;
        }
    }

    /// <summary>The attempts that follow if every one of them fails, the last one at the instant at which the message is given up.</summary>
    /// <param name="next">When the next attempt is due.</param>
    public IEnumerable<DateTimeOffset> Upcoming(DateTimeOffset next)
    {
        var upcoming = _schedule.Upcoming(_lease.Received, next, _lease.Attempt);
        return Deliver is { Mode: DeliverByMode.Return } deliver && deliver.By < _schedule.Expiry(_lease.Received)
            ? upcoming.TakeWhile(at => at < deliver.By).Append(deliver.By)
            : upcoming;
    }

    private DeliverBy? Deliver => _lease.Envelope.DeliverBy;

    /// <summary>The next attempt after one that failed now; null when there is none. None is put past the time that the sender named: at that instant something is to be told.</summary>
    public DateTimeOffset? NextAttempt(double chance)
    {
        if (IsOver || _schedule.NextAttempt(_lease.Received, _now, _lease.Attempt, chance) is not { } next)
            return null;
        return Deliver is { } deliver && _now < deliver.By && next > deliver.By ? deliver.By : next;
    }
}
