using System.Text.Json;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>What came out of a run.</summary>
internal sealed record LoadResult
{
    private static readonly JsonSerializerOptions Compact = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required string Mode { get; init; }

    public required int Sessions { get; init; }

    public required int Size { get; init; }

    /// <summary>Messages taken, or connections opened where no message is sent.</summary>
    public required long Messages { get; init; }

    public required double Seconds { get; init; }

    public double MessagesPerSecond => Messages / Seconds;

    public double MegabytesPerSecond => MessagesPerSecond * Size / 1e6;

    public required double ServerCpuSeconds { get; init; }

    /// <summary>The part of it that went into system calls, from 0 to 1.</summary>
    public required double KernelShare { get; init; }

    /// <summary>The figure that counts: seconds the whole server used for 10,000 messages.</summary>
    public double CpuPer10k => ServerCpuSeconds / Messages * 1e4;

    /// <summary>What the generator itself used: near <see cref="Seconds"/> it was the bottleneck, and only CPU time of the server says anything.</summary>
    public required double LoadCpuSeconds { get; init; }

    public required double P50Micros { get; init; }

    public required double P99Micros { get; init; }

    public required double MaxMicros { get; init; }

    /// <summary>The most memory the server held while it was counted.</summary>
    public required long PeakKib { get; init; }

    /// <summary>What each connection added to the server's memory; only of idle connections.</summary>
    public double KibPerConnection { get; init; }

    /// <summary>Wrong replies and lost connections.</summary>
    public required long Errors { get; init; }

    public string? FirstError { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Compact);
}
