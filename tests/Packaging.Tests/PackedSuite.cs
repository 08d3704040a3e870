using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Packaging.Tests;

/// <summary>All packages, packed once into a folder of their own.</summary>
public sealed class PackedSuite : IAsyncLifetime
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public string Version { get; } = Metadata("Version");

    public string Folder { get; } = Directory.CreateTempSubdirectory("mail-security-pack-").FullName;

    public string Feed => Path.Combine(Folder, "feed");

    public static IEnumerable<string> Names => Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        foreach (var name in Names)
        {
            var (code, output) = await DotnetAsync(Root, "pack", Path.Combine("src", name), "--no-build", "-c", Metadata("Configuration"), "-o", Feed, "--nologo", "-v", "q");
            Assert.True(code == 0, output);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs the dotnet command of this machine and returns its exit code with all it printed.</summary>
    public static async Task<(int Code, string Output)> DotnetAsync(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = workingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => { lock (output) { output.AppendLine(line.Data); } };
        process.ErrorDataReceived += (_, line) => { lock (output) { output.AppendLine(line.Data); } };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToString());
    }

    private static string Metadata(string key) =>
        typeof(PackedSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
