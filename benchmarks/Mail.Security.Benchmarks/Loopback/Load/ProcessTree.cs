using System.Globalization;
using System.Runtime.InteropServices;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>What a server and all its children use, from /proc.</summary>
/// <param name="CpuSeconds">User and system time, of children that have ended too.</param>
/// <param name="KernelSeconds">The part of it in system calls, by the hundredth of a second.</param>
/// <param name="RssKiB">Memory held now.</param>
/// <param name="PeakKib">The most that was held since the last reset.</param>
/// <param name="Threads">Threads now.</param>
/// <param name="Files">Open files now.</param>
internal readonly partial record struct ProcessTree(double CpuSeconds, double KernelSeconds, long RssKiB, long PeakKib, int Threads, int Files)
{
    private const double TicksPerSecond = 100;   // USER_HZ, the same on every Linux

    /// <summary>Measures a process and its children.</summary>
    public static ProcessTree Of(int process)
    {
        var children = Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0).Select(id => (Id: id, Parent: StatOf(id) is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0)).ToLookup(pair => pair.Parent, pair => pair.Id);
        return Sum(process, children);
    }

    /// <summary>Makes the memory held now the most that was held.</summary>
    public static void ResetPeak(int process)
    {
        try
        {
            File.WriteAllText($"/proc/{process}/clear_refs", "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's process: its peak is then that of its whole life.
        }
    }

    private static ProcessTree Sum(int process, ILookup<int, int> children)
    {
        if (StatOf(process) is not { Length: > 15 } stat)
            return default;
        var reaped = Ticks(stat[13]) + Ticks(stat[14]);
        var sum = new ProcessTree(CpuOf(process, stat) + reaped, Ticks(stat[12]) + Ticks(stat[14]), Status(process, "VmRSS:"), Status(process, "VmHWM:"), (int)Status(process, "Threads:"), FilesOf(process));
        return children[process].Aggregate(sum, (total, child) => total + Sum(child, children));
    }

    public static ProcessTree operator +(ProcessTree left, ProcessTree right) => new(
        left.CpuSeconds + right.CpuSeconds, left.KernelSeconds + right.KernelSeconds, left.RssKiB + right.RssKiB, left.PeakKib + right.PeakKib, left.Threads + right.Threads, left.Files + right.Files);

    // The clock of the process counts nanoseconds, /proc hundredths of a second. clock_getcpuclockid makes its id so.
    private static double CpuOf(int process, string[] stat) =>
        clock_gettime((~process << 3) | 2, out var time) == 0
            ? time.Seconds + time.Nanoseconds * 1e-9
            : Ticks(stat[11]) + Ticks(stat[12]);

    private static double Ticks(string field) => double.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond;

    // From the state on: the name before it may hold anything.
    private static string[]? StatOf(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Status(int process, string key)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static int FilesOf(int process)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
