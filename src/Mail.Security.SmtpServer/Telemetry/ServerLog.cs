using System.Net;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer;

/// <summary>Every log line of the package. Message content is never among them.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1400, LogLevel.Debug, "SMTP session {Session} from {Remote} started")]
    public static partial void Started(ILogger logger, string session, EndPoint? remote);

    [LoggerMessage(1401, LogLevel.Information, "SMTP session {Session} from {Remote} ended: {Reason}, {Messages} messages accepted. {Detail}")]
    public static partial void Ended(ILogger logger, string session, EndPoint? remote, SessionEndReason reason, int messages, string detail);

    [LoggerMessage(1402, LogLevel.Debug, "SMTP session {Session} under {Tls}")]
    public static partial void Secured(ILogger logger, string session, TlsSessionInfo tls);

    [LoggerMessage(1403, LogLevel.Information, "TLS handshake of SMTP session {Session} failed ({Reason}): {Detail}")]
    public static partial void HandshakeFailed(ILogger logger, string session, HandshakeFault reason, string detail);

    [LoggerMessage(1404, LogLevel.Warning, "SMTP session {Session} from {Remote} sent commands in clear behind STARTTLS; closed")]
    public static partial void ClearTextBehindStartTls(ILogger logger, string session, EndPoint? remote);

    [LoggerMessage(1405, LogLevel.Debug, "SMTP session {Session}: {Verb} refused: {Code} {Status} {Text}")]
    public static partial void CommandRefused(ILogger logger, string session, Smtp.SmtpVerb verb, int code, EnhancedStatus? status, string text);

    [LoggerMessage(1406, LogLevel.Information, "SMTP session {Session}: message of {Size} bytes for {Recipients} recipients accepted: {Text}")]
    public static partial void MessageAccepted(ILogger logger, string session, long size, int recipients, string text);

    [LoggerMessage(1407, LogLevel.Information, "SMTP session {Session}: message of {Size} bytes for {Recipients} recipients refused: {Code} {Status} {Text}")]
    public static partial void MessageRefused(ILogger logger, string session, long size, int recipients, int code, EnhancedStatus? status, string text);

    [LoggerMessage(1408, LogLevel.Information, "SMTP session {Session}: message broken off after {Size} bytes")]
    public static partial void MessageAborted(ILogger logger, string session, long size);

    [LoggerMessage(1410, LogLevel.Warning, "SMTP session {Session}: {Proxy} must send a PROXY header: {Detail}; closed")]
    public static partial void BadProxyHeader(ILogger logger, string session, EndPoint? proxy, string detail);

    [LoggerMessage(1411, LogLevel.Debug, "SMTP session {Session}: {Proxy} passes on the session of {Remote}")]
    public static partial void Proxied(ILogger logger, string session, EndPoint? proxy, EndPoint? remote);

    [LoggerMessage(1412, LogLevel.Information, "SMTP session {Session} from {Remote} is closed at a limit: {Text}")]
    public static partial void LimitReached(ILogger logger, string session, EndPoint? remote, string text);

    [LoggerMessage(1413, LogLevel.Debug, "SMTP session {Session} from {Remote}: not served: {Code} {Text}")]
    public static partial void NotServed(ILogger logger, string session, EndPoint? remote, int code, string text);

    [LoggerMessage(1414, LogLevel.Warning, "SMTP session {Session}: {Call} took longer than {Limit}")]
    public static partial void HandlerTimedOut(ILogger logger, string session, string call, TimeSpan limit);

    [LoggerMessage(1415, LogLevel.Information, "SMTP session {Session} from {Remote}: {Identity} logged in as {AuthorizationIdentity} by {Mechanism}")]
    public static partial void LoggedIn(ILogger logger, string session, EndPoint? remote, string identity, string authorizationIdentity, string mechanism);

    // Whom a client failed to be is not said: people type passwords where the name belongs.
    [LoggerMessage(1416, LogLevel.Information, "SMTP session {Session} from {Remote}: login by {Mechanism} failed: {Reason}")]
    public static partial void LoginFailed(ILogger logger, string session, EndPoint? remote, string mechanism, Sasl.SaslFailure reason);

    [LoggerMessage(1417, LogLevel.Error, "SMTP session {Session}: the store behind {Mechanism} did not answer in time")]
    public static partial void StoreTooSlow(ILogger logger, string session, string mechanism);

    [LoggerMessage(1420, LogLevel.Information, "SMTP session {Session} C: {Line}")]
    public static partial void ClientSaid(ILogger logger, string session, string line);

    [LoggerMessage(1421, LogLevel.Information, "SMTP session {Session} S: {Line}")]
    public static partial void ServerSaid(ILogger logger, string session, string line);

    [LoggerMessage(1409, LogLevel.Error, "SMTP session {Session}: {Call} threw")]
    public static partial void HandlerFailed(ILogger logger, string session, string call, Exception exception);
}
