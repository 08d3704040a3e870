namespace Mail.Security.Hosting;

/// <summary>Lets one line of a kind into the log within a time, and counts those that it holds back. Safe for use by several threads.</summary>
internal sealed class LogWindow(TimeProvider time)
{
    /// <summary>How long nothing is said after a line.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _said;
    private long _unsaid;

    /// <summary>Whether the line may be written now; then <paramref name="unsaid"/> is how many were not since the last one.</summary>
    public bool Opens(out long unsaid)
    {
        lock (_lock)
        {
            unsaid = _unsaid;
            if (_said is { } said && time.GetElapsedTime(said) < Length)
            {
                _unsaid++;
                return false;
            }
            (_said, _unsaid) = (time.GetTimestamp(), 0);
            return true;
        }
    }
}
