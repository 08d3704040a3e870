using System.Text.Json;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>What a sender did over one connection.</summary>
internal sealed record SendResult
{
    private static readonly JsonSerializerOptions Compact = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required long Messages { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Of the sender alone, all its threads.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Bytes allocated for a message by all threads; -1 where nobody counts them.</summary>
    public required double AllocatedPerMessage { get; init; }

    public required int Size { get; init; }

    public double MessagesPerSecond => Messages / Seconds;

    public double CpuMicros => CpuSeconds / Messages * 1e6;

    public double MegabytesPerSecond => MessagesPerSecond * Size / 1e6;

    public static SendResult Parse(string json) => JsonSerializer.Deserialize<SendResult>(json, Compact) ?? throw new InvalidDataException("no result");

    public string ToJson() => JsonSerializer.Serialize(this, Compact);
}
