using System.Diagnostics.Metrics;
using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The instruments of the meter "Mail.Security.Storage.Sqlite".</summary>
internal sealed class SqliteMeters
{
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _operations;
    private readonly Counter<long> _failures;

    public SqliteMeters(IMeterFactory? factory)
    {
        const string name = "Mail.Security.Storage.Sqlite";
        var meter = factory?.Create(name) ?? new Meter(name);
        _duration = meter.CreateHistogram<double>("mail.sqlite.transaction.duration", "s", "From the beginning of a write transaction to its commit.");
        _operations = meter.CreateHistogram<int>("mail.sqlite.transaction.operations", "{operation}", "Operations committed together.");
        _failures = meter.CreateCounter<long>("mail.sqlite.failures", "{transaction}", "Write transactions undone, by reason. Alert when it grows.");
    }

    public static long Begin() => TimeProvider.System.GetTimestamp();

    public void Committed(long began, int operations)
    {
        _duration.Record(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        _operations.Record(operations);
    }

    public void Failed(StoreFailure reason) =>
        _failures.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
