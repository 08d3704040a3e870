using System.Globalization;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Environments;

namespace Mail.Security.Benchmarks.Results;

/// <summary>When, on what, and beside how much other work a run took place.</summary>
internal sealed class MachineNotes
{
    private readonly DateTimeOffset _begin = TimeProvider.System.GetUtcNow();
    private readonly string _loadBefore = Load();

    private MachineNotes()
    {
    }

    public static MachineNotes Begin() => new();

    /// <summary>The head of a results file.</summary>
    public string End(HostEnvironmentInfo host)
    {
        var took = TimeProvider.System.GetUtcNow() - _begin;
        return string.Create(CultureInfo.InvariantCulture, $"""
            - Date: {_begin:yyyy-MM-dd} (UTC), {took.TotalMinutes:0.0} minutes
            - Runtime: {host.RuntimeVersion}, {host.Architecture}, vectors of {Vectors} bits
            - CPU: {CpuModel(host)}, {Environment.ProcessorCount} logical processors for this process
            - Load average of the machine before and after, this run included in the second: {_loadBefore}; {Load()}
            - How to read this: [benchmarks/README.md](../README.md)

            """);
    }

    private static int Vectors => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static string CpuModel(HostEnvironmentInfo host) => host.Cpu.Value?.ProcessorName?.Trim() ?? "unknown";

    private static string Load() =>
        File.Exists("/proc/loadavg") ? string.Join(" ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
}
