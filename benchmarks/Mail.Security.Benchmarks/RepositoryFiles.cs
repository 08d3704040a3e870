namespace Mail.Security.Benchmarks;

/// <summary>Where the repository keeps what this program reads and writes.</summary>
internal static class RepositoryFiles
{
    private const string Marker = "Mail.Security.sln";

    /// <summary>The folder of the solution, found upwards from this program.</summary>
    public static string Root { get; } = FindRoot();

    public static string Budgets => Path.Combine(Root, "benchmarks", "budgets.json");

    public static string Results(string floor) => Path.Combine(Root, "benchmarks", "results", $"{floor}.md");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds {Marker}.");
    }
}
