using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Transports;

namespace SendMail.Configuration;

/// <summary>The settings, read and checked.</summary>
internal sealed record SendConfiguration
{
    public required DomainName Server { get; init; }

    public required int Port { get; init; }

    public required TlsUse Tls { get; init; }

    /// <summary>The addresses to connect to; empty looks the name up.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required X509Certificate2Collection? ExtraRoots { get; init; }

    /// <summary>How the session logs in; null when it does not.</summary>
    public required SmtpClientAuthentication? Authentication { get; init; }

    public required DomainName HostName { get; init; }

    public required DomainName Domain { get; init; }

    /// <summary>The sender when none is named.</summary>
    public required MailPath Sender { get; init; }

    /// <summary>The folder of the queue; null for none.</summary>
    public required string? Queue { get; init; }

    public required TimeSpan QueueLifetime { get; init; }

    public required int MaxSize { get; init; }

    public required TimeSpan Timeout { get; init; }
}
