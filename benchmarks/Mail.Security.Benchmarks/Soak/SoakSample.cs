using Mail.Security.Benchmarks.Loopback.Load;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>The server at one moment.</summary>
internal sealed record SoakSample(TimeSpan At, ProcessTree Process, SoakCounts Counts);
