using System.ComponentModel;
using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Mail.Security.Benchmarks.Loopback.Report;
using Mail.Security.Benchmarks.Loopback.Servers;
using Mail.Security.Benchmarks.Results;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>Our client beside its baselines, each in a process of its own, over one connection to smtp-sink: prints the goals and writes results/client.md.</summary>
internal sealed class ClientCommand(ClientSettings settings)
{
    private readonly OrderedDictionary<(string Work, string Sender), List<SendResult>> _samples = [];
    private readonly List<string> _failures = [];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (ClientSettings.Parse(arguments) is not { } settings)
        {
            Console.Error.WriteLine("loopback client [--quick|--full] [--rounds N] [--print] [--core N]");
            return 2;
        }
        if (Contenders.Find(new LoopbackSettings()).FirstOrDefault(contender => contender.Name == Contenders.SmtpSink) is { } sink)
            return await new ClientCommand(settings).RunAsync(sink);
        Console.Error.WriteLine("smtp-sink is not on this machine");
        return 1;
    }

    private async Task<int> RunAsync(Contender sink)
    {
        var machine = MachineNotes.Begin();
        using var server = await ServerProcess.StartAsync(sink.Command, ServerProcess.FreePort(), settings.Core);
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var work in ClientWork.All)
            {
                foreach (var sender in work.Who)
                    await MeasureAsync(work, sender, server.Port, round);
            }
        }
        var report = new ClientReport(settings, _samples, _failures).Write(machine.End(HostEnvironmentInfo.GetCurrent()), sink.Version);
        Console.WriteLine(report);
        if (settings.Output is { } path)
            await File.WriteAllTextAsync(path, report);
        return _failures.Count == 0 ? 0 : 1;
    }

    private async Task MeasureAsync(ClientWork work, string sender, int port, int round)
    {
        try
        {
            var plan = new SendPlan { Sender = sender, Port = port, Size = work.Size, Time = settings.Time, WarmUp = settings.WarmUp };
            var result = sender == Senders.SmtpSource ? await SmtpSource.RunAsync(plan, Own) : await SendAsync(plan);
            if (!_samples.TryGetValue((work.Title, sender), out var results))
                _samples[(work.Title, sender)] = results = [];
            results.Add(result);
            Console.Error.WriteLine($"{round + 1}/{settings.Rounds}  {work.Title,-8} {sender,-20} {Spread.Number(result.MessagesPerSecond),8}/s  CPU {Spread.Number(result.CpuMicros),8} µs  {Spread.Number(result.AllocatedPerMessage),8} B");
        }
        catch (Exception exception) when (exception is InvalidDataException or Win32Exception or System.Text.Json.JsonException)
        {
            _failures.Add($"{work.Title}, {sender}: {exception.Message}");
        }
    }

    // The sink has a core to itself, and this process sleeps while a sender works.
    private string? Own => settings.Core is null ? null : settings.Core == "0" ? "1" : "0";

    private async Task<SendResult> SendAsync(SendPlan plan)
    {
        var command = ServerProcess.Ourselves(["send", .. plan.ToArguments()]);
        string[] pinned = Own is { } core ? ["taskset", "-c", core, .. command] : [.. command];
        var start = new ProcessStartInfo(pinned[0]) { RedirectStandardOutput = true };
        foreach (var argument in pinned.Skip(1))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidDataException("the sender does not start");
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? SendResult.Parse(said) : throw new InvalidDataException($"the sender ends with {process.ExitCode}");
    }
}
