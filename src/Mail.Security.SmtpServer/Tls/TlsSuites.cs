using System.Net.Security;
using System.Runtime.Versioning;

namespace Mail.Security.SmtpServer;

/// <summary>The cipher suites that are offered where the platform lets a program choose them.</summary>
internal static class TlsSuites
{
    // RFC 9325 §4.2: for TLS 1.2 an ephemeral key exchange and authenticated encryption, nothing else.
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

    /// <summary>The list; null where the system has the say.</summary>
    public static CipherSuitesPolicy? Policy { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? Create() : null;

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    private static CipherSuitesPolicy? Create()
    {
        try
        {
            return new(Suites);
        }
        catch (PlatformNotSupportedException)
        {
            return null;        // OpenSSL before 1.1.1
        }
    }
}
