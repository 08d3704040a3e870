using BenchmarkDotNet.Running;

namespace Mail.Security.Benchmarks.Budgets;

/// <summary>Runs a benchmark body without timing it and counts the bytes it allocates on this thread.</summary>
internal static class AllocationMeter
{
    private const int WarmUps = 50;     // static state, rented buffers and tiered code are in place after it
    private const int Rounds = 20;
    private const int Runs = 3;
    private const int Patience = 250;

    /// <summary>The bytes of one call, rounded up, in steady state.</summary>
    public static long Measure(BenchmarkCase benchmark)
    {
        var target = Activator.CreateInstance(benchmark.Descriptor.Type)!;
        foreach (var parameter in benchmark.Parameters.Items)
            benchmark.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(target, parameter.Value);
        benchmark.Descriptor.GlobalSetupMethod?.Invoke(target, null);

        var body = benchmark.Descriptor.WorkloadMethod.CreateDelegate<Func<long>>(target);
        for (var round = 0; round < WarmUps; round++)
            body();
        // What the body allocates it allocates every time; what the runtime does while it compiles anew happens once.
        var least = Enumerable.Range(0, Runs).Min(_ => Count(body));
        // Code that is not optimised yet boxes what optimised code does not, and on a busy machine the runtime takes its time.
        for (var wait = 0; least > 0 && wait < Patience; wait++)
        {
            Thread.Sleep(20);
            least = Math.Min(least, Count(body));
        }
        return least;
    }

    private static long Count(Func<long> body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
            body();
        return (GC.GetAllocatedBytesForCurrentThread() - before + Rounds - 1) / Rounds;
    }
}
