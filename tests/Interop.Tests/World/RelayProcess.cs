using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Interop.Tests;

/// <summary>The sample relay as an operator runs it: a process with settings on its command line, on port 25 of an address of its own.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    public static readonly IPEndPoint Smtp = new(IPAddress.Parse("127.0.26.1"), 25);
    public static readonly IPEndPoint Submission = new(IPAddress.Parse("127.0.26.1"), 587);

    private readonly Process _process;
    private readonly StringBuilder _output;

    private RelayProcess(Process process, StringBuilder output) => (_process, _output) = (process, output);

    /// <summary>Everything it has logged so far.</summary>
    public string Log
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Starts the relay over a database in this folder and waits until it listens.</summary>
    public static async Task<RelayProcess> StartAsync(string folder, Certificates certificates, params string[] more)
    {
        var chain = await certificates.IssuedAsync("relay", "relay.test");
        var process = Command.Start(Path.Combine(AppContext.BaseDirectory, "Relay"),
        [
            "--HostName", "relay.test", "--Database", Path.Combine(folder, "relay.db"), "--Smtp", Smtp.ToString(), "--Submission", Submission.ToString(),
            "--Resolver", DnsWorld.Resolver.ToString(), "--Certificate", chain, "--ExtraRoots", certificates.AuthorityFile, "--DeliveryNetworks", "127.0.0.0/8", "--Lease", "2s", "--RetryDelays", "1s", "--RetryLifetime", "1h", "--RetryNotice", "never", .. more,
        ], folder, out var output);
        var relay = new RelayProcess(process, output);
        await relay.WaitUntilListeningAsync();
        return relay;
    }

    /// <summary>Ends it as the kernel ends a process: at once, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until one line of the log holds all of these; null when none did in time.</summary>
    public async Task<string?> WaitForLogAsync(params string[] texts)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (Log.Split('\n').FirstOrDefault(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))) is { } found)
                return found;
            await Task.Delay(100);
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Command.RunAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    private async Task WaitUntilListeningAsync()
    {
        for (var attempt = 0; attempt < 300 && !_process.HasExited; attempt++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(Smtp);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException($"The relay did not come up: {Log}");
    }
}
