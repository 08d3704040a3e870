namespace DaneCheck.Checking;

/// <summary>What came of one address of a host.</summary>
internal sealed record AddressReport
{
    /// <summary>Address and port.</summary>
    public required string Address { get; init; }

    public CheckVerdict Verdict { get; init; } = CheckVerdict.Unknown;

    public DeliveryForecast Delivery { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>The kind of failure that kept a session from opening, such as PeerRejected; null for none.</summary>
    public string? Failure { get; init; }

    /// <summary>What can be done, in one sentence; empty where nothing need be or can be said.</summary>
    public string Advice { get; init; } = "";

    /// <summary>The forms of published records that match nothing of what the server presents, though others do: clients that know only these fail (RFC 7671 §8).</summary>
    public IReadOnlyList<string> Uncovered { get; init; } = [];

    /// <summary>Version and cipher suite; null when no session under TLS came about.</summary>
    public string? Tls { get; init; }

    /// <summary>The certificates in the order of the server, also when they were rejected.</summary>
    public IReadOnlyList<CertificateReport> Certificates { get; init; } = [];
}
