using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Relay.Configuration;

namespace Relay.Demo;

/// <summary>The relay as a process of its own: this very program, with settings for a world on loopback.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RelayProcess(Process process) => _process = process;

    /// <summary>Starts a relay.</summary>
    public static RelayProcess Start(IReadOnlyDictionary<string, string> settings, RelayJournal journal)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(RelayProcess).Assembly.Location);
        // Every setting is given, so that neither the file beside the program nor the environment has a say.
        foreach (var setting in Settings.All)
            start.ArgumentList.Add($"--{setting.Key}={settings.GetValueOrDefault(setting.Key, setting.Default)}");
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith(ConfigurationSources.EnvironmentPrefix, StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var relay = new RelayProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        relay._process.OutputDataReceived += (_, line) => relay.Take(line.Data, journal);
        relay._process.ErrorDataReceived += (_, line) => relay.Take(line.Data, journal);
        relay._process.Exited += (_, _) => relay._listening.TrySetException(new IOException("The relay ended before it listened."));
        relay._process.Start();
        relay._process.BeginOutputReadLine();
        relay._process.BeginErrorReadLine();
        return relay;
    }

    /// <summary>Where it takes mail, once it does.</summary>
    public Task<IPEndPoint> ListeningAsync(CancellationToken cancellationToken) => _listening.Task.WaitAsync(cancellationToken);

    /// <summary>Ends it as kill -9 does, and gives its exit code.</summary>
    public async Task<int> KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (OperatingSystem.IsWindows() || Signal(_process.Id, SigTerm) != 0)
            _process.Kill();
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync();
        _process.Dispose();
    }

    private void Take(string? line, RelayJournal journal)
    {
        const string start = "Listening for SMTP on ";
        if (line is null)
            return;
        journal.Add(line);
        if (journal.Messages("SmtpListener", 1800) is { Count: > 0 } listening)
            _listening.TrySetResult(IPEndPoint.Parse(listening[^1][start.Length..].Split(' ')[0]));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);
}
