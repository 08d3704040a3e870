using BenchmarkDotNet.Running;

namespace Mail.Security.Benchmarks.Results;

/// <summary>Runs a floor and writes what came out beside what it was compared with.</summary>
internal static class ResultsFile
{
    /// <summary>Runs the classes of a floor and replaces its file under benchmarks/results.</summary>
    /// <returns>The exit code: 0 only when every benchmark of the floor has a result.</returns>
    public static int Run(string floor, string title, IReadOnlyList<Type> classes)
    {
        var machine = MachineNotes.Begin();
        var summaries = BenchmarkRunner.Run([.. classes], BenchmarkSettings.Create());   // together: one build for all
        if (summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => report.ResultStatistics is null)))
        {
            Console.Error.WriteLine($"Some benchmarks have no result: {RepositoryFiles.Results(floor)} is left as it was.");
            return 1;
        }

        var path = RepositoryFiles.Results(floor);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"# {title}\n\n{machine.End(summaries[0].HostEnvironmentInfo)}\n{string.Concat(summaries.Select(ResultsTable.Write))}");
        Console.WriteLine($"Written: {path}");
        return 0;
    }
}
