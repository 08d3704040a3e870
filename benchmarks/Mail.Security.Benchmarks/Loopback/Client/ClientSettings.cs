using System.Globalization;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>What a comparison of senders measures.</summary>
internal sealed record ClientSettings
{
    /// <summary>How often each pair is measured, in turn.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long each measurement takes new messages.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long each sender works before it counts.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The core of the sink; the senders have the other. Null pins nothing.</summary>
    public string? Core { get; init; }

    /// <summary>What is written where; null only prints.</summary>
    public string? Output { get; init; } = RepositoryFiles.Results("client");

    /// <summary>Reads the arguments of the command; null when one is not known.</summary>
    public static ClientSettings? Parse(string[] arguments)
    {
        var settings = new ClientSettings();
        for (var at = 0; at < arguments.Length; at++)
        {
            switch (arguments[at])
            {
                case "--quick":
                    settings = settings with { Rounds = 2, Time = TimeSpan.FromSeconds(0.7), WarmUp = TimeSpan.FromSeconds(2) };
                    break;
                case "--full":
                    break;
                case "--print":
                    settings = settings with { Output = null };
                    break;
                case "--core" when at + 1 < arguments.Length:
                    settings = settings with { Core = arguments[++at] };
                    break;
                case "--rounds" when at + 1 < arguments.Length && int.TryParse(arguments[at + 1], CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    settings = settings with { Rounds = rounds };
                    at++;
                    break;
                default:
                    return null;
            }
        }
        return settings;
    }
}
