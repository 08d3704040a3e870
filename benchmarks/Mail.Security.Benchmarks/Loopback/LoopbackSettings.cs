namespace Mail.Security.Benchmarks.Loopback;

/// <summary>What a run of the Loopback floor measures, and with what.</summary>
internal sealed record LoopbackSettings
{
    /// <summary>How often each pair is measured, in turn.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long each measurement takes new messages.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(0.8);

    /// <summary>Idle connections; fewer where a process may not open so many files.</summary>
    public int Idle { get; init; } = 10_000;

    /// <summary>The works to run; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The core of the servers; null leaves them to the system.</summary>
    public string? Core { get; init; }

    /// <summary>The compiled C floor, or null.</summary>
    public string? Floor { get; init; }

    /// <summary>Where npm put smtp-server, or null.</summary>
    public string? NpmFolder { get; init; }

    public string NpmVersion { get; init; } = "";

    /// <summary>A Python that has aiosmtpd, or null.</summary>
    public string? Python { get; init; }

    /// <summary>More arguments of our serve command.</summary>
    public string ServeArguments { get; init; } = "";

    /// <summary>What is written where; null only prints.</summary>
    public string? Output { get; init; } = RepositoryFiles.Results("loopback");

    /// <summary>Reads the arguments of the command.</summary>
    /// <returns>Null when one of them is not known.</returns>
    public static LoopbackSettings? Parse(string[] arguments)
    {
        var settings = new LoopbackSettings();
        for (var at = 0; at < arguments.Length; at++)
        {
            var value = at + 1 < arguments.Length ? arguments[at + 1] : null;
            switch (arguments[at])
            {
                case "--quick":
                    settings = settings with { Rounds = 2, Time = TimeSpan.FromSeconds(0.4), Idle = 2000 };
                    continue;
                case "--full":
                    continue;
                case "--print":
                    settings = settings with { Output = null };
                    continue;
                case "--only" when value is not null:
                    settings = settings with { Only = value.Split(',') };
                    break;
                case "--core" when value is not null:
                    settings = settings with { Core = value };
                    break;
                case "--floor" when value is not null:
                    settings = settings with { Floor = value };
                    break;
                case "--npm" when value?.Split('@') is [var folder, var version]:
                    settings = settings with { NpmFolder = folder, NpmVersion = version };
                    break;
                case "--python" when value is not null:
                    settings = settings with { Python = value };
                    break;
                case "--serve" when value is not null:
                    settings = settings with { ServeArguments = value };
                    break;
                default:
                    return null;
            }
            at++;
        }
        return settings.Only.All(LoopbackWork.Names.Contains) ? settings : null;
    }
}
