using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Loopback.Servers;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>Many connections for a long time, a third of the active ones misbehaving: nothing may grow, stick, or be answered wrongly.</summary>
internal sealed class SoakCommand(SoakSettings settings)
{
    private const int FilesForOthers = 512;
    private const int FilesLeftOver = 24;

    private readonly List<SoakSample> _samples = [];
    private readonly List<string> _problems = [];
    private readonly long _begun = Stopwatch.GetTimestamp();

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (SoakSettings.Parse(arguments) is not { } settings)
        {
            Console.Error.WriteLine("soak [--minutes N | --seconds N] [--idle N] [--active N]");
            return 2;
        }
        return await new SoakCommand(settings).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        var machine = MachineNotes.Begin();
        var (idlePort, patience) = (ServerProcess.FreePort(), settings.JudgesGrowth ? 10 : 5);
        var clients = new SoakClients(ServerProcess.FreePort(), TimeSpan.FromSeconds(patience));
        string[] ports = [.. new[] { idlePort, clients.Port, patience }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        using var server = await ServerProcess.StartAsync(ServerProcess.Ourselves(["soak-server", .. ports]), clients.Port, core: null);
        await server.Says.ReadLineAsync();
        var fresh = await SampleAsync(server);
        var idle = Math.Min(settings.Idle, (Math.Min(OpenFileLimit.Of(server.Id), OpenFileLimit.Of(Environment.ProcessId)) - FilesForOthers - settings.Active) / 2);
        await WorkAsync(server, new IdleClients(idlePort, idle, clients), clients);
        var end = await DrainAsync(server, clients);
        Judge(clients, fresh, end);
        var stopped = await StopAsync(server);
        if (stopped != 0)
            _problems.Add($"the server ended with {stopped}");
        var report = SoakReport.Write(machine.End(HostEnvironmentInfo.GetCurrent()), settings with { Idle = idle }, clients, _samples, end, _problems);
        Console.WriteLine(report);
        if (settings.JudgesGrowth)
            await File.WriteAllTextAsync(RepositoryFiles.Results("soak"), report);
        return _problems.Count == 0 ? 0 : 1;
    }

    private async Task WorkAsync(ServerProcess server, IdleClients idle, SoakClients clients)
    {
        await using var _ = idle;
        await idle.OpenAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource(settings.Time);
        var bad = settings.Active / 3;
        List<Task> work = [Task.Run(() => idle.RunAsync(stop.Token))];
        work.AddRange(Enumerable.Range(0, settings.Active).Select(number => Task.Run(() => number < bad ? BadClient.RunAsync(number, clients, stop.Token) : GoodClient.RunAsync(clients, stop.Token))));
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(settings.Interval, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var sample = await SampleAsync(server);
            _samples.Add(sample);
            Console.Error.WriteLine(SoakReport.Line(sample));
        }
        await Task.WhenAll(work);
    }

    // The clients are gone: so must be every session, as soon as the server's patience is over.
    private async Task<SoakSample> DrainAsync(ServerProcess server, SoakClients clients)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var sample = await SampleAsync(server);
            if (sample.Counts is { Sessions: 0, OpenSinks: 0 } || Stopwatch.GetElapsedTime(begin) > clients.Limit)
                return sample;
            await Task.Delay(200);
        }
    }

    private void Judge(SoakClients clients, SoakSample fresh, SoakSample end)
    {
        _problems.AddRange(clients.Problems);
        if (end.Counts.Sessions != 0 || end.Counts.OpenSinks != 0)
            _problems.Add($"{end.Counts.Sessions} sessions and {end.Counts.OpenSinks} messages are left after their clients");
        if (end.Counts.Damaged != 0)
            _problems.Add($"{end.Counts.Damaged} messages reached the sink with another content");
        // The last reply of a client that was stopped may be on its way.
        if (end.Counts.Accepted < clients.Acknowledged || end.Counts.Accepted > clients.Acknowledged + settings.Active)
            _problems.Add($"{clients.Acknowledged} messages were acknowledged, {end.Counts.Accepted} reached the sink");
        if (clients.Acknowledged == 0 || clients.Misdeeds == 0)
            _problems.Add($"{clients.Acknowledged} messages and {clients.Misdeeds} misdeeds prove nothing");
        if (end.Process.Files > fresh.Process.Files + FilesLeftOver)
            _problems.Add($"open files: {fresh.Process.Files} before, {end.Process.Files} after");
        if (settings.JudgesGrowth)
            _problems.AddRange(SoakVerdict.Growth(_samples));
    }

    private async Task<SoakSample> SampleAsync(ServerProcess server)
    {
        await server.Asks.WriteLineAsync("counts");
        await server.Asks.FlushAsync();
        var line = await server.Says.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended.");
        return new(Stopwatch.GetElapsedTime(_begun), ProcessTree.Of(server.Id), SoakCounts.FromLine(line));
    }

    private static async Task<int> StopAsync(ServerProcess server)
    {
        server.Asks.Close();
        return await server.EndAsync();
    }
}
