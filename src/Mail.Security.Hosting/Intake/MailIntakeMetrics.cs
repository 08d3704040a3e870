using System.Diagnostics.Metrics;

namespace Mail.Security.Hosting;

/// <summary>The meter "Mail.Security.Hosting". Make one for a process and give it to every intake; it keeps what it shows of an intake until it is disposed.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>mail.intake.held</term><description>bytes of mail held while it arrives, in memory and in temporary files, over all intakes that limit it</description></item>
/// </list>
/// </remarks>
public sealed class MailIntakeMetrics : IDisposable
{
    private const string MeterName = "Mail.Security.Hosting";

    private readonly Lock _lock = new();
    private readonly List<MailDataBudget> _budgets = [];
    private readonly Meter _meter;

    /// <summary>Makes the meter, by the factory of the application's container when there is one.</summary>
    public MailIntakeMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _meter.CreateObservableGauge<long>("mail.intake.held", Held, "By", "Mail that is held while it arrives, in memory and in temporary files.");
    }

    /// <summary>Ends the meter.</summary>
    public void Dispose() => _meter.Dispose();

    internal void Show(MailDataBudget budget)
    {
        lock (_lock)
            _budgets.Add(budget);
    }

    private long Held()
    {
        lock (_lock)
            return _budgets.Sum(static budget => budget.Held);
    }
}
