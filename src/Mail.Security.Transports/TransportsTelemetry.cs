using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mail.Security.Smtp;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports;

/// <summary>The meter, the activity source and the log lines of this package. No label holds an address, or a name but that of a configured proxy.</summary>
internal static partial class TransportsTelemetry
{
    public const string Name = "Mail.Security.Transports";

    public static readonly ActivitySource Activities = new(Name);
    internal static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>("mail.smtp.client.sessions", "{session}", "Sessions opened or failed, by result and TLS version.");
    private static readonly Counter<long> Recipients = Meter.CreateCounter<long>("mail.smtp.client.recipients", "{recipient}", "Recipients of transactions, by outcome.");

    private static readonly Counter<long> ProxyDials = Meter.CreateCounter<long>("mail.smtp.client.proxy_dials", "{dial}", "Connections through proxies, made or failed, by the configured name of the proxy and the result.");

    public static void ProxyDialed(string proxy, DialResult result, ILogger logger)
    {
        var failed = result as DialResult.Failed;
        ProxyDials.Add(1, new KeyValuePair<string, object?>("proxy", proxy), new KeyValuePair<string, object?>("result", failed?.Reason.ToString() ?? "Connected"));
        if (failed is null)
            LogProxyConnected(logger, proxy, ((DialResult.Connected)result).Remote, ((DialResult.Connected)result).Local);
        else
            LogProxyFailed(logger, proxy, failed.Reason, failed.Detail);
    }

    public static void ProxyLeftOut(string proxy, TimeSpan backOff, DialResult.Failed why, ILogger logger) => LogProxyLeftOut(logger, proxy, backOff, why.Reason, why.Detail);

    public static void ProxyHealed(string proxy, ILogger logger) => LogProxyHealed(logger, proxy);

    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. Enum.GetValues<DeliveryOutcome>().Select(static outcome => new KeyValuePair<string, object?>("outcome", outcome.ToString()))];

    public static void SessionOpened(TlsSession? tls, SessionFailure? failure, ILogger logger)
    {
        var version = tls?.Protocol.ToString() ?? "none";
        Sessions.Add(1, new KeyValuePair<string, object?>("result", failure?.Kind.ToString() ?? "Opened"), new KeyValuePair<string, object?>("tls", version));
        if (failure is null)
            LogOpened(logger, version, tls?.Verdict);
        else if (failure.Kind == SessionFailureKind.StartTlsInjection)
            LogInjection(logger, failure.Detail);
        else
            LogFailed(logger, failure.Stage, failure.Kind, failure.Detail);
    }

    public static void TransactionEnded(TransactionReport report, ILogger logger)
    {
        if (Recipients.Enabled)
            CountRecipients(report);
        if (logger.IsEnabled(LogLevel.Debug))
            LogTransaction(logger, report.Accepted, report.Count, report.State, report.ConnectionFailure?.Detail);
    }

    public static void Replied(ILogger logger, SmtpStage stage, SmtpConnection connection)
    {
        if (logger.IsEnabled(LogLevel.Trace))
            LogReply(logger, stage, connection.KeepReply());
    }

    private static void CountRecipients(TransactionReport report)
    {
        Span<int> counts = stackalloc int[Outcomes.Length];
        for (var index = 0; index < report.Count; index++)
            counts[(int)report.OutcomeOf(index)]++;
        for (var outcome = 0; outcome < counts.Length; outcome++)
        {
            if (counts[outcome] > 0)
                Recipients.Add(counts[outcome], Outcomes[outcome]);
        }
    }

    [LoggerMessage(1300, LogLevel.Debug, "Session opened, TLS {Tls}, verdict {Verdict}")]
    private static partial void LogOpened(ILogger logger, string tls, PeerVerdict? verdict);

    [LoggerMessage(1301, LogLevel.Debug, "Session failed at {Stage}: {Kind}, {Detail}")]
    private static partial void LogFailed(ILogger logger, SmtpStage stage, SessionFailureKind kind, string detail);

    [LoggerMessage(1302, LogLevel.Warning, "Session refused, plaintext was injected at STARTTLS: {Detail}")]
    private static partial void LogInjection(ILogger logger, string detail);

    [LoggerMessage(1303, LogLevel.Trace, "Reply at {Stage}: {Reply}")]
    internal static partial void LogReply(ILogger logger, SmtpStage stage, SmtpReply reply);

    [LoggerMessage(1304, LogLevel.Debug, "Transaction ended: {Accepted} of {Count} recipients accepted, session {State}, {Failure}")]
    private static partial void LogTransaction(ILogger logger, int accepted, int count, SessionState state, string? failure);

    [LoggerMessage(1340, LogLevel.Debug, "Proxy {Proxy} connected to {Remote} from {Local}")]
    private static partial void LogProxyConnected(ILogger logger, string proxy, System.Net.EndPoint remote, System.Net.IPEndPoint? local);

    [LoggerMessage(1341, LogLevel.Debug, "Proxy {Proxy} made no connection: {Reason}, {Detail}")]
    private static partial void LogProxyFailed(ILogger logger, string proxy, DialFailure reason, string detail);

    [LoggerMessage(1342, LogLevel.Warning, "Proxy {Proxy} is left out for {BackOff}: {Reason}, {Detail}")]
    private static partial void LogProxyLeftOut(ILogger logger, string proxy, TimeSpan backOff, DialFailure reason, string detail);

    [LoggerMessage(1343, LogLevel.Information, "Proxy {Proxy} works again")]
    private static partial void LogProxyHealed(ILogger logger, string proxy);
}
