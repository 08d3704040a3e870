namespace Mail.Security.SmtpServer;

/// <summary>
/// How long to wait for the next block of a message. A client that sends a byte now and then is as bad as one that sends nothing: over
/// the time spent waiting for it, it must reach a least average speed.
/// </summary>
internal sealed class DataPace(SmtpServerTimeouts timeouts)
{
    private TimeSpan _waited;
    private TimeSpan? _discardLeft;
    private long _received;

    /// <summary>Begins again, for the next message.</summary>
    public void Restart() => (_waited, _discardLeft, _received) = (TimeSpan.Zero, null, 0);

    /// <summary>The most to wait for the next block; never less than zero.</summary>
    public TimeSpan NextWait
    {
        get
        {
            if (_discardLeft is { } left)
                return Shorter(timeouts.DataBlock, left);
            if (timeouts.DataMinimumRate == 0)
                return timeouts.DataBlock;
            var earned = TimeSpan.FromSeconds((double)_received / timeouts.DataMinimumRate);
            return Shorter(timeouts.DataBlock, timeouts.DataGrace + earned - _waited);
        }
    }

    /// <summary>A wait ended after this time and brought this many bytes.</summary>
    public void Waited(TimeSpan time, long bytes)
    {
        _waited += time;
        _received += bytes;
        _discardLeft -= time;
    }

    /// <summary>The rest is thrown away: it earns no more time.</summary>
    public void Discard() => _discardLeft ??= timeouts.Discard;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other)
    {
        var shorter = one < other ? one : other;
        return shorter < TimeSpan.Zero ? TimeSpan.Zero : shorter;
    }
}
