using System.Diagnostics.Metrics;
using Mail.Security.Smtp;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports;

/// <summary>What is counted and logged of logins; nothing of what is said in them.</summary>
internal static partial class LoginTelemetry
{
    private static readonly Counter<long> Logins = TransportsTelemetry.Meter.CreateCounter<long>("mail.smtp.client.authentications", "{login}", "Logins of sessions, by result and mechanism.");

    public static void Ended(string? mechanism, SessionFailure? failure, ILogger logger)
    {
        Logins.Add(1, new KeyValuePair<string, object?>("result", failure?.Kind.ToString() ?? "Authenticated"), new KeyValuePair<string, object?>("mechanism", mechanism ?? "none"));
        if (failure is null)
            LogAuthenticated(logger, mechanism!);
        else if (failure.Kind is not (SessionFailureKind.ConnectionLost or SessionFailureKind.Timeout or SessionFailureKind.Refused421))
            LogNotAuthenticated(logger, failure.Kind, failure.Detail);
    }

    // A challenge says nothing to people, and belongs to a login: it is left out.
    public static void Replied(ILogger logger, SmtpReply reply) =>
        TransportsTelemetry.LogReply(logger, SmtpStage.Authentication, reply.Code == 334 ? new SmtpReply(334, null, ["(challenge masked)"]) : reply);

    [LoggerMessage(1305, LogLevel.Debug, "Logged in by {Mechanism}")]
    private static partial void LogAuthenticated(ILogger logger, string mechanism);

    [LoggerMessage(1306, LogLevel.Error, "Login failed, and no mail goes this way until it succeeds: {Kind}, {Detail}")]
    private static partial void LogNotAuthenticated(ILogger logger, SessionFailureKind kind, string detail);
}
