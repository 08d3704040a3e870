using System.Globalization;

namespace Mail.Security.Hosting;

/// <summary>How many connections fit into the files this process may open. The runtime does not outlive it when there is none left.</summary>
internal static class OpenFiles
{
    private const int ForEverythingElse = 256;                     // the runtime's own, deliveries, the store
    private const int ForEachConnection = 2;                       // its socket, and the temporary file of a large message

    /// <summary>The connections that fit; null where the system sets no limit or does not tell.</summary>
    public static int? MaxConnections { get; } = Read("/proc/self/limits") is { } text ? Fitting(text) : null;

    /// <summary>Reads the limit out of the text that Linux keeps for a process.</summary>
    public static int? Fitting(string limits)
    {
        const string name = "Max open files";
        foreach (var line in limits.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
                && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files))
                return (int)Math.Clamp((files - ForEverythingElse) / ForEachConnection, 1, int.MaxValue);
        }
        return null;
    }

    private static string? Read(string file)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText(file) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
