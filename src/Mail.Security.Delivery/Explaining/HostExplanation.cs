using Mail.Security.Dane;

namespace Mail.Security.Delivery;

/// <summary>What an attempt learned of one host, and what it did with it.</summary>
public sealed record HostExplanation
{
    /// <summary>The host as the MX record names it, or the domain itself.</summary>
    public required DomainName Host { get; init; }

    /// <summary>The preference of its MX record; 0 without one.</summary>
    public required int Preference { get; init; }

    /// <summary>The lookups made for this host, in order.</summary>
    public IReadOnlyList<DnsFinding> Lookups { get; init; } = [];

    /// <summary>Which addresses are not dialed, and why, in one sentence; empty when all of them may be.</summary>
    public string Addresses { get; init; } = string.Empty;

    /// <summary>What DANE demands, with the TLSA base domain and the records, in one sentence.</summary>
    public string Dane { get; init; } = string.Empty;

    /// <summary>The same for programs, with the records; null when DANE was not asked: the host was passed over before, or may have any certificate.</summary>
    public DaneDecision? DaneDecision { get; init; }

    /// <summary>What MTA-STS says of this host, in one sentence; empty when no policy is in force.</summary>
    public string MtaSts { get; init; } = string.Empty;

    /// <summary>What REQUIRETLS or TLS-Required changed for this host, in one sentence; empty when neither was demanded.</summary>
    public string RequireTls { get; init; } = string.Empty;

    /// <summary>The least a session with this host had to offer; null when the host was passed over.</summary>
    public TlsFloor? Floor { get; init; }

    /// <summary>The connections made, in order.</summary>
    public IReadOnlyList<SessionExplanation> Sessions { get; init; } = [];

    /// <summary>The label of the failure, such as <c>peer-rejected</c>: that of the metric <c>mail.delivery.failures</c>, and of what to do about it in docs/operations.md. Empty where none kept a message from being sent.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>What came of this host, in one sentence.</summary>
    public required string Result { get; init; }
}
