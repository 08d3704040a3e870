using System.Diagnostics;

namespace Mail.Security.Benchmarks.Dane;

/// <summary>One thing that is timed, and its times.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Body">What is timed.</param>
/// <param name="Calls">How many calls make a slice: long against the clock, short against what else the machine does.</param>
internal sealed record DaneWork(string Name, Func<long> Body, int Calls)
{
    /// <summary>Nanoseconds of one call, by rounds.</summary>
    public List<double> Rounds { get; } = [];

    /// <summary>Bytes of one call in steady state, on its own thread.</summary>
    public long Allocated
    {
        get
        {
            var least = long.MaxValue;
            for (var turn = 0; turn < 20; turn++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Body();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            return least;
        }
    }

    /// <summary>Nanoseconds of one call in one slice.</summary>
    public double Slice()
    {
        var begin = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls; call++)
            Body();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Calls;
    }
}
