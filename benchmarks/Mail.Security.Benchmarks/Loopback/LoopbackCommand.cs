using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Loopback.Report;
using Mail.Security.Benchmarks.Loopback.Servers;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>Our server beside its baselines, each in a process of its own: prints the goals and writes results/loopback.md.</summary>
internal sealed class LoopbackCommand(LoopbackSettings settings) : IDisposable
{
    private const int FilesForOthers = 512;
    private const double EnoughCpuSeconds = 1.2;
    private const double StillFalling = 0.93;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.2);

    private readonly Samples _samples = new();
    private readonly Dictionary<string, ServerProcess> _servers = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<Contender> _contenders = Contenders.Find(settings);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (LoopbackSettings.Parse(arguments) is not { } settings)
        {
            Console.Error.WriteLine($"loopback [--quick|--full] [--only {string.Join(',', LoopbackWork.Names)}] [--print] [--core N] [--floor PROGRAM] [--npm FOLDER@VERSION] [--python PROGRAM] [--serve ARGUMENTS]");
            return 2;
        }
        using var command = new LoopbackCommand(settings);
        return await command.RunAsync();
    }

    public void Dispose()
    {
        foreach (var server in _servers.Values)
            server.Dispose();
    }

    private async Task<int> RunAsync()
    {
        var machine = MachineNotes.Begin();
        var works = LoopbackWork.All.Where(Wanted).ToList();
        foreach (var name in works.SelectMany(work => work.Who).Distinct())
            await StartAsync(name);
        foreach (var together in works.GroupBy(Together))
            await CompareAsync([.. together]);
        Dispose();
        _servers.Clear();
        if (Wanted("growth"))
            await MeasureFreshAsync("growth", 1, MeasureGrowthAsync);
        if (Wanted("idle"))
            await MeasureFreshAsync("idle", Math.Min(settings.Rounds, 3), MeasureIdleAsync);
        var wire = Wanted("wire") ? WireFigures.Measure(settings.Rounds) : null;
        var report = LoopbackReport.Write(machine.End(HostEnvironmentInfo.GetCurrent()), settings, _contenders, _samples, wire);
        Console.WriteLine(report);
        if (settings.Output is { } path)
            await File.WriteAllTextAsync(path, report);
        return _samples.Failures.Count == 0 && _samples.All.All(sample => sample.Results.All(result => result.Errors == 0)) ? 0 : 1;
    }

    // Ratios are taken between these, so their rounds are interleaved.
    private static string Together(LoopbackWork work) => work.Group is "others" or "sessions" ? "pipelined" : work.Group == "sizes" ? work.Title : work.Group;

    private bool Wanted(string group) => settings.Only.Count == 0 || settings.Only.Contains(group);

    private bool Wanted(LoopbackWork work) => Wanted(work.Group) || (work.Group == "pipelined" && (Wanted("others") || Wanted("sessions")));

    private async Task StartAsync(string name)
    {
        if (_contenders.FirstOrDefault(contender => contender.Name == name) is not { } contender)
        {
            _samples.Failures.Add($"{name}: not on this machine");
            return;
        }
        try
        {
            var server = await ServerProcess.StartAsync(contender.Command, ServerProcess.FreePort(), settings.Core);
            _servers.Add(name, server);
            await WarmUpAsync(name, server);
        }
        catch (Exception exception) when (exception is TimeoutException or System.ComponentModel.Win32Exception or InvalidDataException)
        {
            _samples.Failures.Add($"{name}: {exception.Message}");
        }
    }

    private async Task WarmUpAsync(string name, ServerProcess server)
    {
        if (name == Contenders.BareTls)
            return;
        LoadMode[] modes = name == Contenders.Ours ? [LoadMode.LockStep, LoadMode.Envelope, LoadMode.Chunked, LoadMode.Pipelined] : [LoadMode.Pipelined];
        foreach (var mode in modes)
            await LoadGenerator.RunAsync(new() { Mode = mode, Port = server.Port, Time = settings.Time });
    }

    // On one core a runtime that compiles in the background takes seconds before a figure means anything: until the server has had time enough
    // on its core and the cost no longer falls.
    private static async Task WarmUpAsync(LoadPlan plan)
    {
        var (begin, used, last) = (Stopwatch.GetTimestamp(), 0.0, double.MaxValue);
        while (Stopwatch.GetElapsedTime(begin) < LongestWarmUp)
        {
            var now = await LoadGenerator.RunAsync(plan);
            used += now.ServerCpuSeconds;
            if (used > EnoughCpuSeconds && now.CpuPer10k > last * StillFalling)
                return;
            last = now.CpuPer10k;
        }
    }

    private async Task CompareAsync(IReadOnlyList<LoopbackWork> works)
    {
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var work in works)
            {
                foreach (var name in work.Who)
                {
                    if (_servers.TryGetValue(name, out var server))
                        await MeasureAsync(work, name, server, round);
                }
            }
        }
    }

    private async Task MeasureAsync(LoopbackWork work, string name, ServerProcess server, int round)
    {
        try
        {
            var plan = work.Plan with { Port = server.Port, Server = server.Id, Time = settings.Time };
            if (round == 0 && name is (Contenders.Ours or Contenders.Npm or Contenders.BareTls))
                await WarmUpAsync(plan);
            var result = await LoadGenerator.RunAsync(plan with { WarmUp = settings.Time / 8 });
            _samples.Add(work.Title, name, result);
            Console.Error.WriteLine($"{round + 1}/{settings.Rounds}  {work.Title,-45} {name,-16} CPU {Spread.Number(result.CpuPer10k),8}  {Spread.Number(result.MessagesPerSecond),8}/s  {result.Errors} errors");
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidDataException or IOException)
        {
            _samples.Failures.Add($"{work.Title}, {name}: {exception.Message}");
        }
    }

    private async Task MeasureFreshAsync(string what, int servers, Func<ServerProcess, Task> measure)
    {
        for (var count = 0; count < servers; count++)
        {
            await StartAsync(Contenders.Ours);
            if (_servers.TryGetValue(Contenders.Ours, out var server))
                await measure(server);
            else
                _samples.Failures.Add($"{what}: no server");
            Dispose();
            _servers.Clear();
        }
    }

    private async Task MeasureGrowthAsync(ServerProcess server)
    {
        for (var round = 0; round < Math.Min(settings.Rounds, 3); round++)
        {
            foreach (var work in LoopbackWork.Growing)
                await MeasureAsync(work, Contenders.Ours, server, round);
        }
    }

    private async Task MeasureIdleAsync(ServerProcess server)
    {
        var count = Math.Min(settings.Idle, (OpenFileLimit.Of(server.Id) - FilesForOthers) / 2);
        var plan = new LoadPlan { Mode = LoadMode.Idle, Port = server.Port, Server = server.Id, Sessions = count, Time = Settle };
        try
        {
            // First a few that are counted nowhere: what every connection needs is compiled by then.
            await LoadGenerator.RunAsync(plan with { Sessions = Math.Min(count, 500) });
            await Task.Delay(Settle * 5);
            _samples.Add(FormattableString.Invariant($"{count:#,0} idle connections"), Contenders.Ours, await LoadGenerator.RunAsync(plan));
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidDataException or System.Net.Sockets.SocketException)
        {
            _samples.Failures.Add($"idle connections: {exception.Message}");
        }
    }
}
