namespace DaneCheck.Checking;

/// <summary>Whether the records of a host are ready for another key (RFC 7671 §8.1).</summary>
internal sealed record NextKeyReport
{
    public required string File { get; init; }

    public required CheckVerdict Verdict { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The records that are missing, as lines of a zone file.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];
}
