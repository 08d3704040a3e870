using System.Diagnostics;
using System.Runtime.Intrinsics;
using Mail.Security.Benchmarks.Wire;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>The goals of the Wire floor, timed in seconds instead of minutes: the same bodies as in results/wire.md, whose figures are finer.</summary>
internal sealed record WireFigures(Spread? MailNanoseconds, Spread? MailBytes, Spread? RecipientNanoseconds, Spread? RecipientBytes, Spread? ScanOfMemcpy, Spread? UnstuffOfMailKit)
{
    private const int Size = 100 * 1024;
    private const double SecondsOfARound = 0.05;

    private const int RoundsWithoutGain = 15;

    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(12);

    public static int VectorBits { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    public static WireFigures Measure(int rounds)
    {
        var commands = new CommandBenchmarks();
        commands.Agree();
        var scan = new AttachmentScanBenchmarks { Size = Size };
        scan.Agree();
        var data = new DataDecodeBenchmarks { Size = Size };
        data.Agree();
        return new WireFigures(
            Time(commands.Read_Mail, rounds), Bytes(commands.Read_Mail), Time(commands.Read_RcptDsn, rounds), Bytes(commands.Read_RcptDsn),
            Faster(scan.Decode, scan.Memcpy, rounds), Faster(data.Decode_Copy, data.MailKit_Unstuff, rounds));
    }

    private static Spread? Time(Func<long> body, int rounds)
    {
        WarmUp(body);
        return Spread.Of(Enumerable.Range(0, rounds).Select(_ => NanosecondsOf(body)));
    }

    private static Spread? Faster(Func<long> ours, Func<long> other, int rounds)
    {
        WarmUp(ours);
        WarmUp(other);
        return Spread.Of(Enumerable.Range(0, rounds).Select(_ => NanosecondsOf(other) / NanosecondsOf(ours)));
    }

    // What the body allocates it allocates every time; what the runtime does while it compiles anew happens once.
    private static Spread? Bytes(Func<long> body) => Spread.Of([Enumerable.Range(0, 5).Min(_ => BytesOf(body))]);

    private static double BytesOf(Func<long> body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1000; call++)
            body();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0;
    }

    // Until the runtime has optimised what runs often, for which it needs this core now and then: until no round is faster than those before any more.
    private static void WarmUp(Func<long> body)
    {
        var (begin, best, since) = (Stopwatch.GetTimestamp(), double.MaxValue, 0);
        while (Stopwatch.GetElapsedTime(begin) < LongestWarmUp && (since < RoundsWithoutGain || Stopwatch.GetElapsedTime(begin) < LeastWarmUp))
        {
            var now = NanosecondsOf(body);
            since = now < best * 0.97 ? 0 : since + 1;
            best = Math.Min(best, now);
            Thread.Sleep(50);
        }
    }

    private static double NanosecondsOf(Func<long> body)
    {
        var (begin, calls, batch) = (Stopwatch.GetTimestamp(), 0L, 1);
        TimeSpan elapsed;
        do
        {
            for (var call = 0; call < batch; call++)
                body();
            calls += batch;
            batch = Math.Min(batch * 2, 1024);
            elapsed = Stopwatch.GetElapsedTime(begin);
        } while (elapsed.TotalSeconds < SecondsOfARound);
        return elapsed.TotalNanoseconds / calls;
    }
}
