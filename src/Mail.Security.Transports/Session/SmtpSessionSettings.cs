using System.Security.Cryptography.X509Certificates;
using Mail.Security.Smtp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Transports;

/// <summary>How a client session is opened and run.</summary>
public sealed record SmtpSessionSettings
{
    /// <summary>The name this client gives in EHLO: its own host name (RFC 5321 §4.1.1.1).</summary>
    public required DomainName HelloName { get; init; }

    /// <summary>How the session comes to TLS; STARTTLS, required, by default.</summary>
    public TlsUse Tls { get; init; }

    /// <summary>The least TLS version that is spoken; TLS 1.2 by default.</summary>
    public LeastTlsVersion LeastTlsVersion { get; init; }

    /// <summary>The name sent as server name indication (RFC 6066 §3); null sends none. It proves nothing: the verifier does.</summary>
    public DomainName? ServerName { get; init; }

    /// <summary>Judges the server's certificate inside the handshake; required unless <see cref="Tls"/> is <see cref="TlsUse.None"/>.</summary>
    public PeerVerifier? Verifier { get; init; }

    /// <summary>How the session logs in after its last EHLO; null, the default, when it does not.</summary>
    public SmtpClientAuthentication? Authentication { get; init; }

    /// <summary>The SMTP extensions that take part in MAIL, such as REQUIRETLS; none by default.</summary>
    public IReadOnlyList<SmtpExtension> Extensions { get; init; } = [];

    /// <summary>When content goes by BDAT; when it is large, by default.</summary>
    public ChunkingUse Chunking { get; init; }

    /// <summary>The octets of a chunk of BDAT; 1 MiB by default, from 1 KiB to 1 GiB.</summary>
    public int ChunkSize { get; init; } = 1024 * 1024;

    /// <summary>Converts content that the server cannot be sent; null, the default, refuses it.</summary>
    public ContentConverter? Converter { get; init; }

    /// <summary>How long each wait may take.</summary>
    public SmtpTimeouts Timeouts { get; init; } = SmtpTimeouts.Default;

    /// <summary>How much the server may say.</summary>
    public SmtpSessionLimits Limits { get; init; } = SmtpSessionLimits.Default;

    /// <summary>The certificate, with its private key, shown to a server that asks for one; null, the default, shows none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Receives the log lines of the session; none by default. Content is never logged.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
