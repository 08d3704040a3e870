using System.Security.Authentication;

namespace Mail.Security.Sasl;

/// <summary>A TLS connection that exports keying material: what the channel binding "tls-exporter" is made from (RFC 9266 §2).</summary>
/// <remarks>A connection on which renegotiation is possible has no such binding (RFC 9266 §4.2): give none for it.</remarks>
public interface ITlsKeyExporter
{
    /// <summary>The version negotiated.</summary>
    SslProtocols Protocol { get; }

    /// <summary>How the master secret was made; TLS 1.3 is not asked.</summary>
    TlsMasterSecret MasterSecret { get; }

    /// <summary>Exports keying material.</summary>
    /// <param name="label">The label.</param>
    /// <param name="context">The context; empty for one of no length.</param>
    /// <param name="destination">Filled when the answer is yes.</param>
    /// <returns>Whether the TLS can.</returns>
    bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination);
}
