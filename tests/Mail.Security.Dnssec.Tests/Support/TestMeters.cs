using System.Diagnostics.Metrics;

namespace Mail.Security.Dnssec.Tests;

/// <summary>Makes one meter, and tells what is measured by it.</summary>
internal sealed class TestMeters : IMeterFactory
{
    public Meter? Made { get; private set; }

    public Meter Create(MeterOptions options) => Made = new Meter(options);

    public void Dispose() => Made?.Dispose();

    /// <summary>Listens to counters of one name.</summary>
    public MeterListener Listen(Action<string, string> seen, string instrument)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (made, self) =>
            {
                if (ReferenceEquals(made.Meter, Made) && made.Name == instrument)
                    self.EnableMeasurementEvents(made);
            },
        };
        listener.SetMeasurementEventCallback<long>((made, _, tags, _) =>
            seen(made.Name, string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal))));
        listener.Start();
        return listener;
    }
}
