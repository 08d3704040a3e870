namespace Relay.Configuration;

/// <summary>What the command line says: a command, a file, and settings.</summary>
internal sealed record CommandLine
{
    /// <summary>"run" when none is given.</summary>
    public string Command { get; private init; } = "run";

    /// <summary>The file of --config; null for none.</summary>
    public string? File { get; private init; }

    /// <summary>The settings, in the order given.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private init; } = new Dictionary<string, string?>();

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Problem { get; private init; }

    /// <summary>The same without some settings: those that belong to the command alone.</summary>
    public CommandLine Without(IReadOnlyCollection<string> keys) =>
        this with { Values = Values.Where(pair => !keys.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(StringComparer.OrdinalIgnoreCase) };

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < arguments.Count; at++)
        {
            var argument = arguments[at];
            if (at == 0 && argument is "run" or "demo" or "credential" or "queue" or "transport" or "dnscheck" or "help" or "--help" or "-h")
            {
                line = line with { Command = argument is "--help" or "-h" ? "help" : argument };
                continue;
            }
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                return line with { Problem = $"'{argument}' is not understood. Write --Key value or --Key=value; 'help' lists the keys." };
            var (key, value) = argument.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (argument[2..equals], argument[(equals + 1)..])
                : at + 1 < arguments.Count ? (argument[2..], arguments[++at])
                : (argument[2..], null);
            if (value is null)
                return line with { Problem = $"--{key} needs a value." };
            if (string.Equals(key, "config", StringComparison.OrdinalIgnoreCase))
                line = line with { File = value };
            else
                values[key] = value;
        }
        return line with { Values = values };
    }
}
