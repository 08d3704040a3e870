using System.Diagnostics.Metrics;

namespace Mail.Security.Queue;

/// <summary>The instruments of the meter "Mail.Security.Queue". No label names a domain, a host or an address.</summary>
internal sealed class QueueMeters
{
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _notices;

    public QueueMeters(IMeterFactory? factory)
    {
        const string name = "Mail.Security.Queue";
        var meter = factory?.Create(name) ?? new Meter(name);
        _outcomes = meter.CreateCounter<long>("mail.queue.outcomes", "{recipient}", "Recipients by what an attempt came to: delivered, retry, failed.");
        _notices = meter.CreateCounter<long>("mail.queue.notices", "{message}", "Delivery status notifications made: failed, delayed, relayed.");
        StoreFailures = meter.CreateCounter<long>("mail.queue.store_failures", "{operation}", "Operations the store could not do. Alert when it grows.");
        Postponed = meter.CreateCounter<long>("mail.queue.postponed", "{message}", "Messages that got no turn at their destination and wait without an attempt being counted.");
        Running = meter.CreateUpDownCounter<long>("mail.queue.running", "{attempt}", "Delivery attempts that are running.");
    }

    public Counter<long> StoreFailures { get; }

    public Counter<long> Postponed { get; }

    public UpDownCounter<long> Running { get; }

    public void CountOutcome(RecipientFate fate) => _outcomes.Add(1, new KeyValuePair<string, object?>("outcome", fate switch
    {
        RecipientFate.Delivered => "delivered",
        RecipientFate.Failed => "failed",
        _ => "retry",
    }));

    public void CountNotice(DsnAction action) =>
        _notices.Add(1, new KeyValuePair<string, object?>("action", action switch { DsnAction.Failed => "failed", DsnAction.Relayed => "relayed", _ => "delayed" }));
}
