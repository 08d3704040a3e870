using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer;

/// <summary>What a session was made of.</summary>
internal sealed record SessionParts(
    SmtpServerOptions Options, SmtpHandler Handler, SmtpSessionInfo Session, TimeProvider Time, ILogger Logger, SmtpServerMetrics? Metrics)
{
    /// <summary>What is said, for the log.</summary>
    public SessionProtocol Protocol { get; } = new(Options.ProtocolLog, Session);

    /// <summary>What is done, for traces.</summary>
    public SessionTrace Trace { get; } = new(Session);
}
