using System.Net;

namespace Mail.Security.Transports;

/// <summary>A session of the pool, with what is known of its connection.</summary>
internal sealed class PooledConnection
{
    public required SmtpClientSession Session { get; init; }

    public required SessionKey Key { get; init; }

    public required IPEndPoint Address { get; init; }

    /// <summary>How it was dialed; the stream is the session's.</summary>
    public required DialResult.Connected Dialed { get; init; }

    /// <summary>When it must not begin another transaction, by the clock of the pool.</summary>
    public required TimeSpan GoodUntil { get; init; }

    /// <summary>How many transactions it may carry.</summary>
    public required int MaxTransactions { get; init; }

    /// <summary>How many callers have had it.</summary>
    public int Uses { get; set; }

    /// <summary>When it has been idle for long enough; set each time it is put on the shelf.</summary>
    public TimeSpan IdleUntil { get; set; }

    /// <summary>Why it was taken off the shelf to be closed.</summary>
    public EvictionReason Leaving { get; private set; }

    /// <summary>Its place among all idle ones.</summary>
    public LinkedListNode<PooledConnection>? Node { get; set; }

    /// <summary>Why it is not to be used at this time; null when it may.</summary>
    public EvictionReason? Judge(TimeSpan now)
    {
        if (Session.State == SessionState.Broken)
            return EvictionReason.Broken;
        // Whom the next message is for is not known here.
        if (Math.Max(Session.Transactions, Uses) >= MaxTransactions || Session.IsFullOfDomains)
            return EvictionReason.Transactions;
        if (now >= GoodUntil)
            return EvictionReason.Age;
        return Session.CheckIdle() is null ? null : EvictionReason.Gone;
    }

    /// <summary>Whether it must leave the shelf; notes why.</summary>
    public bool MustLeave(TimeSpan now)
    {
        var reason = Judge(now) ?? (now >= IdleUntil ? EvictionReason.Idle : null);
        Leaving = reason ?? default;
        return reason is not null;
    }
}
