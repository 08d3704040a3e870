using System.Diagnostics.Metrics;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>Counts the transactions of one database and the operations in them.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];
    private readonly List<int> _transactions = [];

    public Meters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "mail.sqlite.transaction.operations" && ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, operations, _, _) =>
        {
            lock (_transactions)
                _transactions.Add(operations);
        });
        _listener.Start();
    }

    public IReadOnlyList<int> Transactions
    {
        get
        {
            lock (_transactions)
                return [.. _transactions];
        }
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
