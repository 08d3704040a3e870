namespace Mail.Security.Transports;

/// <summary>The messages of a feed that the session has in hand: the one it sends, and at most one more.</summary>
internal sealed class MailQueue(SmtpClientSession session, MailPreparation preparation)
{
    // The replies to an envelope that goes ahead are not read before all of it is written: they must find room on their way (RFC 2920 §3.1).
    private const int MostRecipientsAhead = 64;

    private MailSlot _current = new();
    private MailSlot _other = new();
    private MailFeed? _feed;

    /// <summary>The message that was taken from the feed while another was being sent.</summary>
    public MailSlot? Held { get; private set; }

    public void Open(MailFeed feed) => _feed = feed;

    /// <summary>Lets the feed and its messages go.</summary>
    public void Close()
    {
        (_feed, Held) = (null, null);
        _current.Clear();
        _other.Clear();
    }

    /// <summary>The message to send now; null when the feed has none.</summary>
    public MailSlot? Next()
    {
        if (Held is null && !TryTake())
            return null;
        (_current, _other, Held) = (_other, _current, null);
        return _current;
    }

    /// <summary>A message whose envelope may go out behind the content that is being sent; it is the next one then.</summary>
    public MailSlot? TakeAhead()
    {
        if (Held is not null || session.IsSpent || !TryTake() || Held is not { } next || next.Report.Count > MostRecipientsAhead || preparation.MustScan(next.Item))
            return null;
        preparation.Prepare(next);
        // RFC 3030 §2: the replies to an envelope are collected before the first chunk.
        if (next.Transfer != ContentTransfer.Data || !next.Report.AnyOpen)
            return null;
        return next.Report.BeginTurn(session.Limits, session.Domains) > 0 ? next : null;
    }

    private bool TryTake()
    {
        if (_feed is null || !_feed.TryTake(out var item))
            return false;
        _other.Begin(item);
        Held = _other;
        return true;
    }
}
