using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Benchmarks.Loopback.Servers;

/// <summary>A server in a process of its own, on the core that is the server's.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>What the server says, where the caller reads it.</summary>
    public StreamReader Says => _process.StandardOutput;

    /// <summary>What the caller says to the server.</summary>
    public StreamWriter Asks => _process.StandardInput;

    /// <summary>This program with these arguments.</summary>
    public static IReadOnlyList<string> Ourselves(params string[] arguments) =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? [path, .. arguments] : [Environment.ProcessPath!, typeof(ServerProcess).Assembly.Location, .. arguments];

    /// <summary>Starts a server and waits until its port is open.</summary>
    /// <exception cref="TimeoutException">It does not open its port.</exception>
    public static async Task<ServerProcess> StartAsync(IReadOnlyList<string> command, int port, string? core)
    {
        string[] pinned = core is null ? [.. command] : ["taskset", "-c", core, .. command];
        var start = new ProcessStartInfo(pinned[0]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in pinned.Skip(1))
            start.ArgumentList.Add(argument.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{pinned[0]} does not start"), port);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>A port nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits for a server that was told to stop; its exit code, or -1 when it does not.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return -1;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task WaitAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < Patience && !_process.HasExited)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        throw new TimeoutException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} does not open port {Port}");
    }
}
