using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Relay.Configuration;

/// <summary>The settings as values. Nothing of it is text any more that could be wrong.</summary>
internal sealed record RelayConfiguration
{
    public required DomainName HostName { get; init; }

    public required string Database { get; init; }

    public required long? MaxDatabaseSize { get; init; }

    public required long MinFreeSpace { get; init; }

    public required IReadOnlyList<IPEndPoint> Smtp { get; init; }

    public required IReadOnlyList<IPEndPoint> Submission { get; init; }

    public required IReadOnlyList<IPEndPoint> SubmissionTls { get; init; }

    public required CredentialFile? Credentials { get; init; }

    public required ServerCertificate Certificate { get; init; }

    public required TimeSpan CertificateInterval { get; init; }

    public required IReadOnlyList<IPNetwork> Networks { get; init; }

    public required IReadOnlyList<IPNetwork> DeliveryNetworks { get; init; }

    public required MailPath? Postmaster { get; init; }

    public required long MaxMessageSize { get; init; }

    public required BareLineEndPolicy BareLineEnds { get; init; }

    public required int MaxConnections { get; init; }

    public required int MaxConnectionsPerAddress { get; init; }

    public required int? MaxConnectionsPerNetwork { get; init; }

    public required int MaxConnectionRate { get; init; }

    public required int MaxFailedLogins { get; init; }

    public required int? MaxFailedLoginsPerNetwork { get; init; }

    public required long MaxHeldMail { get; init; }

    public required IReadOnlyList<IPEndPoint> Resolver { get; init; }

    public required AdTrust ResolverTrust { get; init; }

    public required DnssecMode ResolverMode { get; init; }

    public required TrustAnchorFile? TrustAnchor { get; init; }

    public required IReadOnlyList<NegativeTrustAnchor> NegativeTrustAnchors { get; init; }

    public required TrustAnchorPlace? TrustAnchorStore { get; init; }

    public required X509Certificate2Collection? ExtraRoots { get; init; }

    public required InsecureMxPolicy InsecureMx { get; init; }

    public required int DeliveryPort { get; init; }

    public required int MtaStsPort { get; init; }

    public required IReadOnlyList<IPAddress> PublicAddresses { get; init; }

    public required IReadOnlyList<DomainName> SenderDomains { get; init; }

    public required SmtpSessionPoolOptions Pool { get; init; }

    public required DeliveryRoutes Routes { get; init; }

    public required int MaxDeliveries { get; init; }

    public required RetrySchedule Schedule { get; init; }

    public required TimeSpan Lease { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    public required Explaining Explain { get; init; }

    public required IReadOnlyList<IPNetwork> ProtocolLog { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>How the DNS is asked, for the engine and for the command dnscheck alike; but for trust anchors that are followed in the database, which whoever has it open adds.</summary>
    public void Ask(DnssecResolverOptions options)
    {
        (options.Servers, options.AdTrust, options.Mode, options.NegativeTrustAnchors) = (Resolver, ResolverTrust, ResolverMode, NegativeTrustAnchors);
        if (TrustAnchorStore is TrustAnchorPlace.InFile(var path))
            options.TrustAnchorStore = new FileTrustAnchorStore(path);
        if (TrustAnchor is { } file)
            (options.TrustAnchors, options.TrustAnchorSource) = (file.Anchors, $"from {file.Path}");
    }
}

/// <summary>Whether explanations of attempts are logged.</summary>
internal enum Explaining : byte
{
    None,
    All,
}

/// <summary>How log lines are written.</summary>
internal enum LogFormat : byte
{
    Text,
    Json,
}
