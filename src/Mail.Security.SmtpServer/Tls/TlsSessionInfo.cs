using System.Net.Security;
using System.Security.Authentication;

namespace Mail.Security.SmtpServer;

/// <summary>What a finished handshake agreed on.</summary>
/// <param name="Protocol">TLS 1.2 or TLS 1.3.</param>
/// <param name="Cipher">The cipher suite, by its IANA number.</param>
/// <param name="ServerName">The name the client asked for (SNI); empty when it sent none. It is the client's word only.</param>
public sealed record TlsSessionInfo(SslProtocols Protocol, TlsCipherSuite Cipher, string ServerName)
{
    /// <summary>"TLS1.3" or "TLS1.2".</summary>
    public string ProtocolName => Protocol switch
    {
        SslProtocols.Tls13 => "TLS1.3",
        SslProtocols.Tls12 => "TLS1.2",
        _ => Protocol.ToString().ToUpperInvariant(),
    };

    /// <summary>Version and cipher suite: "TLS1.3 TLS_AES_256_GCM_SHA384".</summary>
    public override string ToString() => $"{ProtocolName} {Cipher}";
}
