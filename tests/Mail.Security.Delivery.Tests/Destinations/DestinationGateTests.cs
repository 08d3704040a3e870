using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Delivery.Tests;

public sealed class DestinationGateTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void TryEnter_MorePlacesThanAllowed_NotBeforeOneIsFree()
    {
        var gate = new DestinationGate(_time);
        var policy = Policy(connections: 2);
        var first = gate.TryEnter(policy).Place!;
        var second = gate.TryEnter(policy).Place!;
        var (third, until) = gate.TryEnter(policy);
        Assert.Null(third);
        Assert.True(until > _time.GetUtcNow());
        first.Dispose();
        first.Dispose();        // one place, however often it is left
        Assert.NotNull(gate.TryEnter(policy).Place);
        Assert.Null(gate.TryEnter(policy).Place);
        second.Dispose();
    }

    [Fact]
    public void TryEnter_PolicyMadeAnew_CountsOn()
    {
        var gate = new DestinationGate(_time);
        Assert.NotNull(gate.TryEnter(Policy(connections: 1)).Place);
        Assert.Null(gate.TryEnter(Policy(connections: 1)).Place);
        Assert.NotNull(gate.TryEnter(Policy("b.test", 1)).Place);
    }

    [Fact]
    public void TryEnter_OverTheRate_EachGetsATurnOfItsOwn()
    {
        var gate = new DestinationGate(_time);
        var policy = Policy(rate: new MessageRate(3, TimeSpan.FromMinutes(6)));
        for (var round = 0; round < 3; round++)
        {
            Assert.NotNull(gate.TryEnter(policy).Place);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([6, 8, 10], Enumerable.Range(0, 3).Select(_ => (gate.TryEnter(policy).Until - start).TotalMinutes));
        _time.SetUtcNow(start + TimeSpan.FromMinutes(6));
        Assert.NotNull(gate.TryEnter(policy).Place);
        Assert.Null(gate.TryEnter(policy).Place);
    }

    [Fact]
    public void TryEnter_ClockSetBack_NobodyWaitsForTheFormerTime()
    {
        var gate = new DestinationGate(_time);
        var policy = Policy(rate: new MessageRate(1, TimeSpan.FromHours(1)));
        Assert.NotNull(gate.TryEnter(policy).Place);
        var back = new FakeTimeProvider(_time.GetUtcNow());
        Assert.Null(gate.TryEnter(policy).Place);
        back.Advance(TimeSpan.FromHours(2));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(gate.TryEnter(policy).Place);
    }

    [Property(MaxTest = 200)]
    public bool TryEnter_AnyArrivals_NeverMoreThanTheRateInAnyPeriod(byte[] steps, byte most)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var (gate, rate) = (new DestinationGate(time), new MessageRate(most % 5 + 1, TimeSpan.FromSeconds(100)));
        var entered = new List<DateTimeOffset>();
        foreach (var step in steps)
        {
            time.Advance(TimeSpan.FromSeconds(step % 60));
            var (place, until) = gate.TryEnter(Policy(rate: rate));
            if (place is null && until <= time.GetUtcNow())
                return false;
            if (place is not null)
                entered.Add(time.GetUtcNow());
        }
        return entered.All(at => entered.Count(other => other > at - rate.Period && other <= at) <= rate.Messages);
    }

    private static DestinationPolicy Policy(string domain = "a.test", int? connections = null, MessageRate? rate = null) =>
        new() { Domains = [DomainPattern.Parse(domain)], MaxConnections = connections, Rate = rate };
}
