using System.Diagnostics;
using System.Globalization;
using Mail.Security.Benchmarks.Loopback.Servers;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>Postfix's generator over one connection. It is told how many messages to send; its start is in its figures.</summary>
internal static class SmtpSource
{
    /// <summary>Sends about as many messages as fit into the time, by a short run before.</summary>
    public static async Task<SendResult> RunAsync(SendPlan plan, string? core)
    {
        var trial = await RunAsync(plan, core, 100);
        return await RunAsync(plan, core, Math.Max(100, (long)(trial.MessagesPerSecond * plan.Time.TotalSeconds)));
    }

    private static async Task<SendResult> RunAsync(SendPlan plan, string? core, long messages)
    {
        var program = Contenders.FindProgram("smtp-source") ?? throw new InvalidDataException("smtp-source: not on this machine");
        string[] command = core is null ? [program] : ["taskset", "-c", core, program];
        var start = new ProcessStartInfo(command[0]);
        string[] arguments =
        [
            .. command.Skip(1), "-d", "-s", "1", "-4", "-l", Number(plan.Size), "-m", Number(messages), "-f", "ann@load.example", "-t", "bob@sink.example", $"127.0.0.1:{Number(plan.Port)}",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidDataException("smtp-source does not start");
        await process.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidDataException($"smtp-source ends with {process.ExitCode}");
        return new SendResult { Messages = messages, Seconds = seconds, CpuSeconds = process.TotalProcessorTime.TotalSeconds, AllocatedPerMessage = -1, Size = plan.Size };
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
