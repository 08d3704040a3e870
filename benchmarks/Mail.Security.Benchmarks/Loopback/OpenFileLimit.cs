using System.Globalization;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>How many files a process may open; our listener takes half as many connections.</summary>
internal static class OpenFileLimit
{
    public static int Of(int process)
    {
        var line = File.ReadLines($"/proc/{process}/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? (int)Math.Min(files, int.MaxValue) : int.MaxValue;
    }
}
