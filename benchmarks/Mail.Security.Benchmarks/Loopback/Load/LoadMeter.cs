using System.Diagnostics;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>What the server and the generator used between two moments.</summary>
internal sealed class LoadMeter
{
    private readonly int? _server;
    private readonly ProcessTree _before;
    private readonly TimeSpan _loadBefore = Process.GetCurrentProcess().TotalProcessorTime;
    private readonly long _begun;

    private LoadMeter(int? server)
    {
        _server = server;
        if (server is { } process)
            ProcessTree.ResetPeak(process);
        _before = Sample();
        _begun = Stopwatch.GetTimestamp();
    }

    public static LoadMeter Start(int? server) => new(server);

    public LoadResult Stop(LoadPlan plan, long messages, Latencies latencies, long errors, string? firstError)
    {
        var seconds = Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        var load = Process.GetCurrentProcess().TotalProcessorTime - _loadBefore;
        var after = Sample();
        var (p50, p99, max) = latencies.Summary();
        return new LoadResult
        {
            Mode = plan.Mode.ToString(),
            Sessions = plan.Sessions,
            Size = plan.Size,
            Messages = messages,
            Seconds = seconds,
            ServerCpuSeconds = after.CpuSeconds - _before.CpuSeconds,
            KernelShare = Math.Clamp((after.KernelSeconds - _before.KernelSeconds) / Math.Max(after.CpuSeconds - _before.CpuSeconds, 1e-9), 0, 1),
            LoadCpuSeconds = load.TotalSeconds,
            P50Micros = p50,
            P99Micros = p99,
            MaxMicros = max,
            PeakKib = after.PeakKib,
            Errors = errors,
            FirstError = firstError,
        };
    }

    /// <summary>What the server's memory has grown by since the start.</summary>
    public long GrownKiB() => Sample().RssKiB - _before.RssKiB;

    private ProcessTree Sample() => _server is { } process ? ProcessTree.Of(process) : default;
}
