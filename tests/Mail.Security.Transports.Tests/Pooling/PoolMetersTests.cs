using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Mail.Security.Transports.Tests;

/// <summary>What a pool counts; none of it by name or address.</summary>
public sealed class PoolMetersTests
{
    [Fact]
    public async Task Instruments_LifeOfSomeSessions_CountedAndNothingLeft()
    {
        using var meters = new Meters();
        await using (var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxSessionsPerHost = 1 }, meters: meters))
        {
            await world.SendAsync();
            await world.SendAsync();
            Assert.Equal((1, 0), (meters["sessions idle"], meters["sessions used"]));
            var place = await world.TakeAsync();
            Assert.Equal((0, 1), (meters["sessions idle"], meters["sessions used"]));
            var waiting = world.EnterAsync(world.Request with { Demand = TlsDemand.RequireTls });
            await place.DisposeAsync();
            await (await waiting).DisposeAsync();
            await world.SendAsync();
            world.Time.Advance(TimeSpan.FromSeconds(30));
            await Rig.UntilAsync(() => world.Pool.Count.Taken == 0);
            await world.SendAsync();
        }

        Assert.Equal(
            ["ended Idle 1", "ended Room 1", "ended Shutdown 1", "opened 3", "reused 2", "sessions idle 0", "sessions used 0", "waits served 1"], meters.All);
    }

    private sealed class Meters : IMeterFactory
    {
        private const string Prefix = "mail.smtp.client.pool.";
        private readonly MeterListener _listener = new();
        private readonly List<Meter> _meters = [];
        private readonly ConcurrentDictionary<string, long> _sums = [];

        public Meters()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, this))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
                _sums.AddOrUpdate(tags.Length == 0 ? instrument.Name[Prefix.Length..] : $"{instrument.Name[Prefix.Length..]} {tags[0].Value}", value, (_, sum) => sum + value));
            _listener.Start();
        }

        public long this[string name] => _sums.GetValueOrDefault(name);

        public IEnumerable<string> All => _sums.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}"));

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose()
        {
            _listener.Dispose();
            _meters.ForEach(static meter => meter.Dispose());
        }
    }
}
