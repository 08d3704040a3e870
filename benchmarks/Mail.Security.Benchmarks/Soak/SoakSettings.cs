using System.Globalization;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>How long a soak takes and with how many connections.</summary>
internal sealed record SoakSettings
{
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Connections that say EHLO and then only NOOP now and then.</summary>
    public int Idle { get; init; } = 10_000;

    /// <summary>Connections that work all the time; a third of them misbehave.</summary>
    public int Active { get; init; } = 200;

    /// <summary>Between two samples of the server.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether growth is judged: a run of seconds is all warm-up.</summary>
    public bool JudgesGrowth => Time >= TimeSpan.FromMinutes(1);

    /// <summary>Reads the arguments of the command.</summary>
    /// <returns>Null when one of them is not known.</returns>
    public static SoakSettings? Parse(string[] arguments)
    {
        var settings = new SoakSettings();
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (at + 1 == arguments.Length || !double.TryParse(arguments[at + 1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                return null;
            switch (arguments[at])
            {
                case "--minutes": settings = settings with { Time = TimeSpan.FromMinutes(value) }; break;
                case "--seconds": settings = settings with { Time = TimeSpan.FromSeconds(value), Interval = TimeSpan.FromSeconds(Math.Min(10, value / 4)) }; break;
                case "--idle": settings = settings with { Idle = (int)value }; break;
                case "--active": settings = settings with { Active = (int)value }; break;
                default: return null;
            }
        }
        return settings;
    }
}
