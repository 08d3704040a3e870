using System.Diagnostics;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>Says when a sender has sent enough.</summary>
internal sealed class SendClock(TimeSpan time)
{
    private readonly long _end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);

    public bool IsOver => Stopwatch.GetTimestamp() >= _end;
}
