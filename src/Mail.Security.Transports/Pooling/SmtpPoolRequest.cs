using System.Net;

namespace Mail.Security.Transports;

/// <summary>What session a caller wants: with whom, on which way, and how it would be opened if there were none.</summary>
/// <remarks>
/// A session is used again only under an equal request: the same host, port, way and demand, and settings that are equal in all that a server or a
/// verifier can tell apart. Credentials and extensions are equal only when they are the same object.
/// </remarks>
public sealed record SmtpPoolRequest
{
    /// <summary>The host, by the name under which it was planned; limits count by host and port.</summary>
    public required DomainName Host { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The addresses the host has now: an idle session with another one is not used.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>What connections are dialed with: sessions from another source or through another proxy are not used.</summary>
    public required SmtpDialer Dialer { get; init; }

    /// <summary>How the session is opened.</summary>
    public required SmtpSessionSettings Settings { get; init; }

    /// <summary>What the sender demands of TLS: sessions are not shared between demands.</summary>
    public TlsDemand Demand { get; init; }
}
