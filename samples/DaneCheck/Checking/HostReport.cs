using DaneCheck.Lookups;
using Mail.Security.Delivery;

namespace DaneCheck.Checking;

/// <summary>What came of one host.</summary>
internal sealed record HostReport
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>How a session comes to TLS.</summary>
    public required SubmissionTls Tls { get; init; }

    /// <summary>The preference of its MX record or the priority of its SRV record; 0 without one.</summary>
    public required int Preference { get; init; }

    /// <summary>The lookups made for it, in order.</summary>
    public required IReadOnlyList<Lookup> Lookups { get; init; }

    /// <summary>What DANE demands; null where that was not looked at.</summary>
    public DaneReport? Dane { get; init; }

    /// <summary>What MTA-STS says of the host; empty without a policy.</summary>
    public string MtaSts { get; init; } = "";

    /// <summary>The least a session must offer; null when a delivery would pass the host over.</summary>
    public TlsFloor? Floor { get; init; }

    public IReadOnlyList<AddressReport> Addresses { get; init; } = [];

    public required CheckVerdict Verdict { get; init; }

    /// <summary>Why the host is passed over; empty when it is not.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>What can be done about that, in one sentence.</summary>
    public string Advice { get; init; } = "";

    /// <summary>Whether the records are ready for the keys of --next.</summary>
    public IReadOnlyList<NextKeyReport> NextKeys { get; init; } = [];
}
