namespace Mail.Security.Queue;

/// <summary>The pause after the store was unavailable: 1 second, then twice as long each time, up to a limit.</summary>
internal static class QueueBackoff
{
    public static TimeSpan After(int failures, TimeSpan limit)
    {
        var pause = TimeSpan.FromSeconds(1L << Math.Clamp(failures - 1, 0, 20));
        return pause < limit ? pause : limit;
    }
}
