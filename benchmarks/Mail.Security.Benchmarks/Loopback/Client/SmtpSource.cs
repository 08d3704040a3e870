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
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true };
        string[] arguments =
        [
            "-c", Timed, "bash", .. command, "-d", "-s", "1", "-4", "-l", Number(plan.Size), "-m", Number(messages), "-f", "ann@load.example", "-t", "bob@sink.example", $"127.0.0.1:{Number(plan.Port)}",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidDataException("smtp-source does not start");
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidDataException($"smtp-source ends with {process.ExitCode}");
        var cpu = said.TrimEnd().Split('\n')[^1].Split(' ').Sum(part => double.Parse(part, CultureInfo.InvariantCulture));
        return new SendResult { Messages = messages, Seconds = seconds, CpuSeconds = cpu, AllocatedPerMessage = -1, Size = plan.Size };
    }

    // A process that has ended can no longer be asked what it used; the shell that waited for it knows.
    private const string Timed = "TIMEFORMAT='%U %S'; time \"$@\"";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
