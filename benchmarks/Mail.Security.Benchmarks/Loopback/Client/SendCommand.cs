using System.Diagnostics;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>One sender alone, against any server on loopback: prints one line of JSON.</summary>
internal static class SendCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (SendPlan.Parse(arguments) is not { } plan)
        {
            Console.Error.WriteLine($"send [--sender \"{string.Join("\"|\"", Senders.Names)}\"] [--port PORT] [--size BYTES] [--seconds S] [--warm S]");
            return 2;
        }
        Console.WriteLine((await RunAsync(plan)).ToJson());
        return 0;
    }

    private static async Task<SendResult> RunAsync(SendPlan plan)
    {
        await using var sender = Senders.Create(plan.Sender);
        await sender.OpenAsync(plan);
        // Twice, with a rest in which the runtime can put optimised code in place.
        await sender.SendAsync(new SendClock(plan.WarmUp / 2));
        await Task.Delay(Pause);
        await sender.SendAsync(new SendClock(plan.WarmUp / 2));
        var (allocated, cpu, begin) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var messages = await sender.SendAsync(new SendClock(plan.Time));
        var (seconds, used) = (Stopwatch.GetElapsedTime(begin).TotalSeconds, Environment.CpuUsage.TotalTime - cpu);
        return new SendResult
        {
            Messages = messages,
            Seconds = seconds,
            CpuSeconds = used.TotalSeconds,
            AllocatedPerMessage = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)messages,
            Size = plan.Size,
        };
    }
}
