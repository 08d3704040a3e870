using System.Diagnostics;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>The helper program in a process of its own.</summary>
internal static class Child
{
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "QueueCrash.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>SIGKILL: no handler runs, no buffer is flushed.</summary>
    public static async Task KillAsync(Process child)
    {
        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
