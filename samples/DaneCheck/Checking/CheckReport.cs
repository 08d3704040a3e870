using DaneCheck.Lookups;

namespace DaneCheck.Checking;

/// <summary>Everything that is known of a domain.</summary>
internal sealed record CheckReport
{
    public required string Domain { get; init; }

    /// <summary>The servers, and where the security of answers comes from.</summary>
    public required string Resolver { get; init; }

    /// <summary>The lookups that led to the hosts.</summary>
    public required IReadOnlyList<Lookup> Lookups { get; init; }

    /// <summary>The MTA-STS policy in one sentence; empty when it was not asked for.</summary>
    public required string MtaSts { get; init; }

    public required IReadOnlyList<HostReport> Hosts { get; init; }

    public required CheckVerdict Verdict { get; init; }

    /// <summary>Why there is no host, or why not all of them; empty otherwise.</summary>
    public string Sentence { get; init; } = "";

    public int ExitCode => Running.ExitCode.Of(Verdict);
}
