using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports;

/// <summary>The instruments and log lines of pools. No label holds a name or an address.</summary>
internal sealed partial class PoolTelemetry
{
    private static readonly KeyValuePair<string, object?> Idle = new("state", "idle");
    private static readonly KeyValuePair<string, object?> Used = new("state", "used");

    private readonly ILogger _logger;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _reused;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _waits;
    private readonly UpDownCounter<long> _sessions;

    public PoolTelemetry(IMeterFactory? factory, ILogger logger)
    {
        var meter = factory?.Create(TransportsTelemetry.Name) ?? new Meter(TransportsTelemetry.Name);
        _logger = logger;
        _opened = meter.CreateCounter<long>("mail.smtp.client.pool.opened", "{session}", "Sessions opened in places of a pool.");
        _reused = meter.CreateCounter<long>("mail.smtp.client.pool.reused", "{session}", "Idle sessions given to another caller.");
        _ended = meter.CreateCounter<long>("mail.smtp.client.pool.ended", "{session}", "Sessions that left a pool, by reason.");
        _waits = meter.CreateCounter<long>("mail.smtp.client.pool.waits", "{wait}", "Callers that had to wait for a place, by result.");
        _sessions = meter.CreateUpDownCounter<long>("mail.smtp.client.pool.sessions", "{session}", "Sessions of pools, by state.");
    }

    public void Opened()
    {
        _opened.Add(1);
        _sessions.Add(1, Used);
    }

    public void Shelved()
    {
        _sessions.Add(-1, Used);
        _sessions.Add(1, Idle);
    }

    public void TakenOff()
    {
        _sessions.Add(-1, Idle);
        _sessions.Add(1, Used);
    }

    public void Reused(PooledConnection connection)
    {
        _reused.Add(1);
        LogReused(_logger, connection.Key.Host.Name, connection.Address, connection.Session.Transactions);
    }

    public void Ended(PooledConnection connection, EvictionReason reason)
    {
        _sessions.Add(-1, Used);
        _ended.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
        LogEnded(_logger, connection.Key.Host.Name, connection.Address, connection.Session.Transactions, reason);
    }

    public void Waited(string result) => _waits.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Refused(SmtpPoolLimit limit, PoolHost host) => LogRefused(_logger, host.Name, host.Port, limit);

    [LoggerMessage(1360, LogLevel.Debug, "Session with {Host} at {Address} is used again after {Transactions} transactions")]
    private static partial void LogReused(ILogger logger, DomainName host, IPEndPoint address, int transactions);

    [LoggerMessage(1361, LogLevel.Debug, "Session with {Host} at {Address} left the pool after {Transactions} transactions: {Reason}")]
    private static partial void LogEnded(ILogger logger, DomainName host, IPEndPoint address, int transactions, EvictionReason reason);

    [LoggerMessage(1362, LogLevel.Information, "No place for a session with {Host}, port {Port}: {Limit}")]
    private static partial void LogRefused(ILogger logger, DomainName host, int port, SmtpPoolLimit limit);
}
