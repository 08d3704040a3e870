using System.Diagnostics;
using System.Text;

namespace Interop.Tests;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record CommandResult(int Code, string Output)
{
    public CommandResult Check(string what) => Code == 0 ? this : throw new InvalidOperationException($"{what} ended with {Code}: {Output}");
}

/// <summary>Runs commands of this machine, and says which are missing.</summary>
internal static class Command
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"];

    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static async Task<CommandResult> RunAsync(string name, IEnumerable<string> arguments, string? folder = null, string? input = null, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var process = Start(name, arguments, folder, out var output);
        try
        {
            await FeedAsync(process, input, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        lock (output)
            return new(process.ExitCode, output.ToString());
    }

    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading what it was given: its code and its words say why.
        }
    }

    public static Process Start(string name, IEnumerable<string> arguments, string? folder, out StringBuilder output)
    {
        var start = new ProcessStartInfo(Find(name) ?? name, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        var text = output = new StringBuilder();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(text, line.Data);
        process.ErrorDataReceived += (_, line) => Append(text, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }
}
