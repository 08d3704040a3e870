using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer;

/// <summary>What a session was made of.</summary>
internal sealed record SessionParts(
    SmtpServerOptions Options, SmtpHandler Handler, SmtpSessionInfo Session, TimeProvider Time, ILogger Logger, SmtpServerMetrics? Metrics);
