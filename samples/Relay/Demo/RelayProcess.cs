using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Relay.Configuration;

namespace Relay.Demo;

/// <summary>The relay as a process of its own: this very program, with settings for a world on loopback.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    private const int SigHup = 1;
    private const int SigTerm = 15;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RelayProcess(Process process) => _process = process;

    /// <summary>Starts a relay: this program, or another one given.</summary>
    public static RelayProcess Start(IReadOnlyDictionary<string, string> settings, RelayJournal journal, string? program = null, string? file = null)
    {
        var start = new ProcessStartInfo(program ?? Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(RelayProcess).Assembly.Location);
        if (file is not null)
            start.ArgumentList.Add($"--config={file}");
        // Every setting is given, so that neither the file beside the program nor the environment has a say.
        foreach (var setting in Settings.All)
            start.ArgumentList.Add($"--{setting.Key}={settings.GetValueOrDefault(setting.Key, setting.Default)}");
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith(ConfigurationSources.EnvironmentPrefix, StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        // The runtime's diagnostic sockets lie in the temporary folder, and a killed process leaves them there.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
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

    /// <summary>Has it look at its certificate files and routes, as an operator does.</summary>
    public void Hangup() => _ = Signal(_process.Id, SigHup);

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

    private void Take(string? text, RelayJournal journal)
    {
        const string start = "Listening for SMTP on ";
        if (text is not null && journal.Add(text) is { Id: 1800, Message: var message } && message.StartsWith(start, StringComparison.Ordinal))
            _listening.TrySetResult(IPEndPoint.Parse(message[start.Length..].Split(' ')[0]));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);
}
