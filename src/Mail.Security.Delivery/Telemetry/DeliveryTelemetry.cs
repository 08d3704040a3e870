using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Delivery;

/// <summary>The meter, the activity source and the log lines of this package. No label holds a name or an address.</summary>
/// <remarks>
/// mail.delivery.attempts: attempts by the worst disposition of their recipients. mail.delivery.duration: their length.
/// mail.delivery.failures: hosts passed over or not opened, by label; alert when "tlsa-lookup", "peer-rejected" or
/// "starttls-injection" grows. mail.delivery.recipients: recipients by disposition.
/// </remarks>
internal static partial class DeliveryTelemetry
{
    public const string Name = "Mail.Security.Delivery";

    public static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("mail.delivery.attempts", "{attempt}", "Attempts, by the worst disposition of their recipients.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("mail.delivery.duration", "s", "Length of attempts, by the worst disposition of their recipients.");
    private static readonly Counter<long> Recipients = Meter.CreateCounter<long>("mail.delivery.recipients", "{recipient}", "Recipients of attempts, by disposition.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("mail.delivery.failures", "{failure}", "Hosts passed over and sessions not opened, by reason and TLS floor.");

    public static void HostSkipped(DeliveryFailure why) =>
        Failures.Add(1, new KeyValuePair<string, object?>("reason", why.Label), new KeyValuePair<string, object?>("floor", "none"));

    public static void SessionFailed(DeliveryFailure why, TlsFloor floor) =>
        Failures.Add(1, new KeyValuePair<string, object?>("reason", why.Label), new KeyValuePair<string, object?>("floor", floor.ToString()));

    public static void AttemptEnded(Activity? activity, AttemptReport report, ILogger logger)
    {
        var worst = report.Recipients.Min(static recipient => recipient.Disposition switch
        {
            Disposition.Permanent => 0,
            Disposition.Transient => 1,
            _ => 2,
        });
        var result = new KeyValuePair<string, object?>("result", worst switch { 0 => "permanent", 1 => "transient", _ => "delivered" });
        Attempts.Add(1, result);
        Duration.Record(report.Duration.TotalSeconds, result);
        foreach (var group in report.Recipients.GroupBy(static recipient => recipient.Disposition))
            Recipients.Add(group.Count(), new KeyValuePair<string, object?>("disposition", group.Key.ToString()));
        if (worst < 2)
            activity?.SetStatus(ActivityStatusCode.Error, report.Explanation.Verdict);
        activity?.SetTag("mail.delivery.explanation", report.Explanation.ToString());
        LogEnded(logger, report.Explanation.Domain, report.Explanation.Attempt, report.Explanation.Verdict);
        if (logger.IsEnabled(LogLevel.Debug))
            LogExplanation(logger, report.Explanation.ToString());
    }

    public static void AttemptStopped(DeliveryRequest request, Exception why, ILogger logger)
    {
        if (why is not OperationCanceledException)
            LogFault(logger, request.Attempt, request.Domain, why);
    }

    [LoggerMessage(1500, LogLevel.Information, "Attempt {Attempt} to {Domain}: {Verdict}")]
    private static partial void LogEnded(ILogger logger, RecipientDomain domain, int attempt, string verdict);

    [LoggerMessage(1501, LogLevel.Debug, "{Explanation}")]
    private static partial void LogExplanation(ILogger logger, string explanation);

    [LoggerMessage(1502, LogLevel.Error, "Attempt {Attempt} to {Domain} ended in a fault after a host had taken the message for some recipients")]
    private static partial void LogFault(ILogger logger, int attempt, RecipientDomain domain, Exception fault);
}
