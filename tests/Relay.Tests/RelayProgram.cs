using System.Diagnostics;

namespace Relay.Tests;

/// <summary>The program under test, as a user starts it.</summary>
internal static class RelayProgram
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Relay.exe" : "Relay");

    /// <summary>The most a test waits for anything a process does: long enough for a slow machine, and not for ever.</summary>
    public static CancellationTokenSource NewLimit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return limit;
    }

    /// <summary>Runs it to its end.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) => RunAsync(environment, "", arguments);

    /// <summary>Runs it to its end with something to read.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(string input, params string[] arguments) => RunAsync(new Dictionary<string, string>(), input, arguments);

    private static async Task<(int Code, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, string input, string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var limit = NewLimit();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            if (input.Length > 0)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output, await error);
    }
}
