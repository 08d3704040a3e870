using System.Diagnostics.Metrics;

namespace Mail.Security.Hosting;

/// <summary>The instruments of the meter "Mail.Security.Hosting".</summary>
internal static class IntakeMeters
{
    private const string Name = "Mail.Security.Hosting";

    /// <summary>Shows what a budget holds, whenever the meter is read.</summary>
    public static void Show(MailDataBudget budget, IMeterFactory? factory)
    {
        var meter = factory?.Create(Name) ?? new Meter(Name);
        meter.CreateObservableGauge<long>("mail.intake.held", () => budget.Held, "By", "Mail that is held while it arrives, in memory and in temporary files.");
    }
}
