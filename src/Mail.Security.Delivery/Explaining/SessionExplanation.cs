using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>One connection of an attempt.</summary>
public sealed record SessionExplanation
{
    /// <summary>The address and port that were dialed.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>The configured name of the proxy the connection went through; null for none.</summary>
    public string? Via { get; init; }

    /// <summary>The address the server saw; null when it is not known.</summary>
    public IPEndPoint? Local { get; init; }

    /// <summary>The TLS that was asked for.</summary>
    public required TlsUse Asked { get; init; }

    /// <summary>Which message it was on its connection: 1 on a fresh one, more on one that was used before, whose TLS and certificate are those of its opening.</summary>
    public int Message { get; init; } = 1;

    /// <summary>The TLS the session came to; null in the clear, or when there was none.</summary>
    public TlsSession? Tls { get; init; }

    /// <summary>The server's certificate, also when it was rejected; null when none was seen.</summary>
    public TlsPeerCertificate? Certificate { get; init; }

    /// <summary>Whether the server announced REQUIRETLS inside TLS.</summary>
    public RequireTlsSupport RequireTls { get; init; }

    /// <summary>The label of the failure, such as <c>peer-rejected</c>: that of the metric <c>mail.delivery.failures</c>, and of what to do about it in docs/operations.md. Empty where none kept a message from being sent.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>What came of it, in one sentence.</summary>
    public required string Result { get; init; }
}
