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

    /// <summary>Version and cipher suite; null when no session under TLS came about.</summary>
    public string? Tls { get; init; }

    /// <summary>The certificates in the order of the server, also when they were rejected.</summary>
    public IReadOnlyList<CertificateReport> Certificates { get; init; } = [];
}
