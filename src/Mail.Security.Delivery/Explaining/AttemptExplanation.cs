namespace Mail.Security.Delivery;

/// <summary>Why an attempt came to its result: everything that was looked up, decided and done, host by host.</summary>
/// <remarks>It holds names and certificates, but no content and no credentials, and may be shown to the sender.</remarks>
public sealed record AttemptExplanation
{
    /// <summary>The recipient domain.</summary>
    public required RecipientDomain Domain { get; init; }

    /// <summary>The number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>What the sender demands of transport security.</summary>
    public required TlsDemand Demand { get; init; }

    /// <summary>The transport that was taken, and why; a second one where what the first showed changed the route.</summary>
    public IReadOnlyList<RouteExplanation> Routes { get; init; } = [];

    /// <summary>The lookups that led to the hosts.</summary>
    public IReadOnlyList<DnsFinding> Lookups { get; init; } = [];

    /// <summary>The MTA-STS policy with its version and age, or why there is none, in one sentence.</summary>
    public string MtaSts { get; init; } = string.Empty;

    /// <summary>The hosts in the order they were looked at.</summary>
    public IReadOnlyList<HostExplanation> Hosts { get; init; } = [];

    /// <summary>The result in one sentence.</summary>
    public required string Verdict { get; init; }

    /// <summary>The whole explanation as indented lines for people.</summary>
    /// <returns>Several lines, parted by LF, without a last line end.</returns>
    public override string ToString() => ExplanationText.Write(this);
}
