using System.Net.Security;
using System.Security.Authentication;

namespace Mail.Security.Transports;

/// <summary>The TLS a session runs under.</summary>
/// <param name="Protocol">The version; TLS 1.2 or later.</param>
/// <param name="Cipher">The cipher suite.</param>
/// <param name="Verdict">What the verifier said of the server; never <see cref="PeerVerdict.Rejected"/>.</param>
/// <param name="PeerCertificate">The server's own certificate; null when it presented none.</param>
public sealed record TlsSession(SslProtocols Protocol, TlsCipherSuite Cipher, PeerVerdict Verdict, TlsPeerCertificate? PeerCertificate);
