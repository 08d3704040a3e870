using System.Diagnostics;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>How long each transaction took, from the write that held its MAIL to the reply to its content.</summary>
internal sealed class Latencies
{
    private long[] _ticks = new long[1 << 16];
    private int _count;

    public void Clear() => _count = 0;

    public void Add(long ticks)
    {
        if (_count == _ticks.Length)
            Array.Resize(ref _ticks, _count * 2);
        _ticks[_count++] = ticks;
    }

    /// <summary>The median, the 99th percentile and the longest, in microseconds; zeros when nothing was counted.</summary>
    public (double P50, double P99, double Max) Summary()
    {
        if (_count == 0)
            return default;
        Array.Sort(_ticks, 0, _count);
        return (Micros(_ticks[_count / 2]), Micros(_ticks[(int)((long)_count * 99 / 100)]), Micros(_ticks[_count - 1]));
    }

    private static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
