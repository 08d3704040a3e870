using BenchmarkDotNet.Running;

namespace Mail.Security.Benchmarks.Budgets;

/// <summary>Compares what each benchmark of ours allocates with its budget. Takes seconds: nothing is timed.</summary>
internal static class BudgetCheck
{
    /// <summary>Checks every class.</summary>
    /// <returns>The exit code: 0 only when every benchmark of ours has a budget, keeps it, and no budget is left over.</returns>
    public static int Run(IReadOnlyList<Type> classes)
    {
        var budgets = BudgetFile.Read(RepositoryFiles.Budgets);
        var ours = classes.SelectMany(type => BenchmarkConverter.TypeToBenchmarks(type).BenchmarksCases).Where(benchmark => Floors.Ours(benchmark) is not null).ToList();
        var failures = ours.Count(benchmark => !Keeps(benchmark, budgets));
        foreach (var unknown in budgets.Keys.Except(ours.Select(Floors.NameOf), StringComparer.Ordinal))
        {
            failures++;
            Console.WriteLine($"FAILED  {unknown}: no such benchmark");
        }
        Console.WriteLine($"{ours.Count} measured, {failures} failed");
        return failures == 0 ? 0 : 1;
    }

    private static bool Keeps(BenchmarkCase benchmark, IReadOnlyDictionary<string, long> budgets)
    {
        var name = Floors.NameOf(benchmark);
        var parameters = benchmark.Parameters.DisplayInfo;
        if (!budgets.TryGetValue(name, out var budget))
        {
            Console.WriteLine($"FAILED  {name}: no budget");
            return false;
        }
        var allocated = AllocationMeter.Measure(benchmark);
        Console.WriteLine($"{(allocated > budget ? "FAILED" : "ok    ")}  {name} {parameters}: {allocated} B of {budget} B");
        return allocated <= budget;
    }
}
