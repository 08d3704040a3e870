using System.Reflection;
using BenchmarkDotNet.Running;
using Mail.Security.Benchmarks.Dane;
using Mail.Security.Benchmarks.Dns;
using Mail.Security.Benchmarks.Session;
using Mail.Security.Benchmarks.Wire;

namespace Mail.Security.Benchmarks;

/// <summary>Which benchmark classes belong to which floor.</summary>
internal static class Floors
{
    /// <summary>The readers, decoders and writers alone, without a session around them.</summary>
    public static IReadOnlyList<Type> Wire { get; } =
        [typeof(CommandBenchmarks), typeof(ReplyBenchmarks), typeof(DataDecodeBenchmarks), typeof(AttachmentScanBenchmarks),
            typeof(DataEncodeBenchmarks)];

    /// <summary>Whole sessions over pipes in memory.</summary>
    public static IReadOnlyList<Type> Session { get; } = [typeof(SessionBenchmarks), typeof(ClientBenchmarks)];

    /// <summary>Verdicts on certificates by TLSA records.</summary>
    public static IReadOnlyList<Type> Dane { get; } = [typeof(DaneBenchmarks)];

    /// <summary>Lookups that need no server.</summary>
    public static IReadOnlyList<Type> Dns { get; } = [typeof(DnsBenchmarks)];

    /// <summary>Whether a benchmark measures our code: it names its baselines.</summary>
    public static AgainstAttribute? Ours(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<AgainstAttribute>();

    /// <summary>The name of a benchmark in tables and in budgets.json.</summary>
    public static string NameOf(BenchmarkCase benchmark) => $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}";
}
