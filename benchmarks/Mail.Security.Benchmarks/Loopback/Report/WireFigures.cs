using System.Diagnostics;
using System.Runtime.Intrinsics;
using Mail.Security.Benchmarks.Wire;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>The goals of the Wire floor, timed in seconds instead of minutes: the same bodies as in results/wire.md, whose figures are finer.</summary>
internal sealed record WireFigures(Spread? MailNanoseconds, Spread? MailBytes, Spread? RecipientNanoseconds, Spread? RecipientBytes, Spread? ScanOfMemcpy, Spread? UnstuffOfMailKit)
{
    private const int Size = 100 * 1024;
    private const double SecondsOfASlice = 0.005;
    private const int SlicesOfARound = 20;
    private const int LapsWithoutGain = 25;

    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(20);

    public static int VectorBits { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    public static WireFigures Measure(int rounds)
    {
        var commands = new CommandBenchmarks();
        commands.Agree();
        var scan = new AttachmentScanBenchmarks { Size = Size };
        scan.Agree();
        var data = new DataDecodeBenchmarks { Size = Size };
        data.Agree();
        WarmUp([commands.Read_Mail, commands.Read_RcptDsn, scan.Decode, scan.Memcpy, data.Decode_Copy, data.MailKit_Unstuff]);
        return new WireFigures(
            Time(commands.Read_Mail, rounds), Bytes(commands.Read_Mail), Time(commands.Read_RcptDsn, rounds), Bytes(commands.Read_RcptDsn),
            Faster(scan.Decode, scan.Memcpy, rounds), Faster(data.Decode_Copy, data.MailKit_Unstuff, rounds));
    }

    private static Spread? Time(Func<long> body, int rounds) => Spread.Of(Enumerable.Range(0, rounds).Select(_ => Least(body, body).Ours));

    private static Spread? Faster(Func<long> ours, Func<long> other, int rounds) =>
        Spread.Of(Enumerable.Range(0, rounds).Select(_ => Least(ours, other)).Select(least => least.Other / least.Ours));

    // Of slices in turn: what else runs on the machine can only make one longer, and it seldom spares none of many short ones.
    private static (double Ours, double Other) Least(Func<long> ours, Func<long> other)
    {
        var least = (Ours: double.MaxValue, Other: double.MaxValue);
        for (var slice = 0; slice < SlicesOfARound; slice++)
            least = (Math.Min(least.Ours, NanosecondsOf(ours)), Math.Min(least.Other, NanosecondsOf(other)));
        return least;
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

    // All bodies in turn, since they share methods: the runtime compiles each of those by what it saw of it until then, and by one body alone
    // it would compile it for that body alone. Until no body gains any more; the runtime needs this core now and then to get that far.
    private static void WarmUp(Func<long>[] bodies)
    {
        var best = Enumerable.Repeat(double.MaxValue, bodies.Length).ToArray();
        var (begin, since) = (Stopwatch.GetTimestamp(), 0);
        while (Stopwatch.GetElapsedTime(begin) < LongestWarmUp && (since < LapsWithoutGain || Stopwatch.GetElapsedTime(begin) < LeastWarmUp))
        {
            var times = Array.ConvertAll(bodies, NanosecondsOf);
            since = times.Zip(best).Any(pair => pair.First < pair.Second * 0.97) ? 0 : since + 1;
            best = [.. times.Zip(best, Math.Min)];
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
        } while (elapsed.TotalSeconds < SecondsOfASlice);
        return elapsed.TotalNanoseconds / calls;
    }
}
