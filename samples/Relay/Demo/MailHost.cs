using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Relay.Demo;

/// <summary>One mail domain of the demonstration with its only mail exchanger, "mx." in it.</summary>
/// <param name="Domain">The domain.</param>
internal sealed record MailHost(string Domain)
{
    /// <summary>The name of the mail exchanger.</summary>
    public string Name => $"mx.{Domain}";

    /// <summary>How the mail exchanger behaves.</summary>
    public required MailExchangerOptions Behaviour { get; init; }

    /// <summary>Whether the domain is signed.</summary>
    public DnsSecurity Security { get; init; } = DnsSecurity.Insecure;

    /// <summary>Its TLSA record; null for none.</summary>
    public TlsaRecord? Tlsa { get; init; }

    /// <summary>How the lookup of its TLSA record goes wrong; null when it does not.</summary>
    public DnsServerFault? TlsaFault { get; init; }

    /// <summary>The domain's MTA-STS policy; null for none.</summary>
    public string? Policy { get; init; }
}
