using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue;

internal static partial class QueueLog
{
    [LoggerMessage(1600, LogLevel.Information, "Queue runner {Owner} works on up to {MaxConcurrency} domains at a time")]
    public static partial void Started(ILogger logger, string owner, int maxConcurrency);

    [LoggerMessage(1601, LogLevel.Information, "Queue runner stops; {Running} deliveries are running")]
    public static partial void Stopping(ILogger logger, int running);

    [LoggerMessage(1602, LogLevel.Warning, "The time to stop is over; {Running} deliveries are cancelled")]
    public static partial void CancellingAttempts(ILogger logger, int running);

    [LoggerMessage(1603, LogLevel.Error, "{Running} cancelled deliveries did not end; their leases end by themselves")]
    public static partial void AttemptsLeftBehind(ILogger logger, int running);

    [LoggerMessage(1604, LogLevel.Error, "The queue store is unavailable ({Reason}): {Detail}")]
    public static partial void StoreUnavailable(ILogger logger, StoreFailure reason, string detail);

    [LoggerMessage(1605, LogLevel.Information, "Message {Message} for {Domain}: delivered in attempt {Attempt}, {Status}: {Detail}")]
    public static partial void Delivered(ILogger logger, long message, string domain, int attempt, EnhancedStatus status, string detail);

    [LoggerMessage(1606, LogLevel.Warning, "Message {Message} for {Domain}: attempt {Attempt} failed, next at {Next:u}, {Status}: {Detail}")]
    public static partial void Deferred(ILogger logger, long message, string domain, int attempt, DateTimeOffset? next, EnhancedStatus status, string detail);

    [LoggerMessage(1607, LogLevel.Warning, "Message {Message} for {Domain}: given up after attempt {Attempt}, {Status}: {Detail}")]
    public static partial void Failed(ILogger logger, long message, string domain, int attempt, EnhancedStatus status, string detail);

    [LoggerMessage(1608, LogLevel.Warning, "Message {Message} for {Domain}: {Recipients} recipients have no sender who could be told")]
    public static partial void NobodyToTell(ILogger logger, long message, string domain, int recipients);

    [LoggerMessage(1609, LogLevel.Error, "Message {Message} for {Domain}: the attempt ended in an exception; it is made again")]
    public static partial void AttemptFaulted(ILogger logger, long message, string domain, Exception fault);

    [LoggerMessage(1610, LogLevel.Information, "Message {Message} for {Domain}: the attempt was cancelled and the lease given back")]
    public static partial void AttemptCancelled(ILogger logger, long message, string domain);

    [LoggerMessage(1611, LogLevel.Warning, "Message {Message} for {Domain}: the lease was lost before the result was recorded; it may be sent twice")]
    public static partial void LeaseLost(ILogger logger, long message, string domain);

    [LoggerMessage(1612, LogLevel.Error, "Message {Message} for {Domain}: the result cannot be recorded yet ({Reason}): {Detail}")]
    public static partial void ResultNotRecordedYet(ILogger logger, long message, string domain, StoreFailure reason, string detail);

    [LoggerMessage(1613, LogLevel.Error, "Message {Message} for {Domain}: stopped before the result could be recorded; it may be sent twice")]
    public static partial void ResultDropped(ILogger logger, long message, string domain);

    [LoggerMessage(1614, LogLevel.Error, "The work on {Domain} ended in an exception; the lease ends by itself")]
    public static partial void WorkerFaulted(ILogger logger, string domain, Exception fault);

    [LoggerMessage(1615, LogLevel.Error, "Message {Message}: its header could not be read; the notice about it goes without")]
    public static partial void HeaderUnreadable(ILogger logger, long message, Exception fault);

    [LoggerMessage(1616, LogLevel.Error, "Message {Message} for {Domain}: the notice could not be made; the recipients it is about stay in the queue")]
    public static partial void NoticeFaulted(ILogger logger, long message, string domain, Exception fault);

    [LoggerMessage(1617, LogLevel.Error, "Message {Message} for {Domain}: the renewal of the lease ended in an exception; it is tried again")]
    public static partial void RenewalFaulted(ILogger logger, long message, string domain, Exception fault);

    [LoggerMessage(1618, LogLevel.Warning, "Message {Message} for {Domain}: the lease had ended before the attempt began; it is not made")]
    public static partial void LeaseCameLate(ILogger logger, long message, string domain);

    [LoggerMessage(1619, LogLevel.Information, "Message {Message} for {Domain}: the limits of the destination leave no turn before {Due:u}; no attempt is counted")]
    public static partial void Postponed(ILogger logger, long message, string domain, DateTimeOffset due);
}
