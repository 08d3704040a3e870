using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>One way to open a session with a host.</summary>
/// <param name="Tls">How it comes to TLS, or that it does without.</param>
/// <param name="ServerName">The name to announce in the handshake (RFC 7672 §8.1, RFC 8461 §7.1); empty in the clear.</param>
/// <param name="Verifier">Judges the certificate; null in the clear.</param>
public sealed record SessionPlan(TlsUse Tls, DomainName ServerName, PeerVerifier? Verifier);
