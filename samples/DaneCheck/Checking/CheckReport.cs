using DaneCheck.Arguments;
using DaneCheck.Lookups;

namespace DaneCheck.Checking;

/// <summary>Everything that is known of a domain, or of the host that was named instead.</summary>
internal sealed record CheckReport
{
    public required string Domain { get; init; }

    public required CheckWay Way { get; init; }

    /// <summary>The servers, and where the security of answers comes from.</summary>
    public required string Resolver { get; init; }

    /// <summary>The lookups that led to the hosts.</summary>
    public IReadOnlyList<Lookup> Lookups { get; init; } = [];

    /// <summary>The MTA-STS policy in one sentence; empty when it was not asked for.</summary>
    public string MtaSts { get; init; } = "";

    public IReadOnlyList<HostReport> Hosts { get; init; } = [];

    public CheckVerdict Verdict { get; init; }

    /// <summary>Why there is no host, why not all of them, or why this one; empty otherwise.</summary>
    public string Sentence { get; init; } = "";

    public int ExitCode => Running.ExitCode.Of(Verdict);
}
