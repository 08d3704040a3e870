using System.Net;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Transports.Tests;

[Trait("rfc", "8305#5")]
public sealed class AddressWalkTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly HandDialer _dialer = new();

    [Fact]
    public async Task NextAsync_FirstConnects_NoOtherIsDialed()
    {
        await using var walk = Walk("1.1.1.1", "2::2");
        _dialer.Connect("1.1.1.1");

        Assert.Equal("1.1.1.1 connected", await NextAsync(walk));
        _time.Advance(Delay * 4);

        Assert.Equal(["1.1.1.1"], _dialer.Dialed);
    }

    [Fact]
    public async Task NextAsync_FirstIsSlow_NextBeginsAfterTheDelayAndWins()
    {
        await using var walk = Walk("2::1", "1.1.1.1", "2::2");
        var next = NextAsync(walk);
        await Rig.UntilAsync(() => _dialer.Dialed.Count == 1);
        _time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        await Task.Delay(20, Rig.Stop);
        Assert.Equal(["2::1"], _dialer.Dialed);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Rig.UntilAsync(() => _dialer.Dialed.Count == 2);
        _dialer.Connect("1.1.1.1");

        Assert.Equal("1.1.1.1 connected", await next);
        Assert.Equal(["2::1"], _dialer.Cancelled);
        Assert.Equal(["2::1", "1.1.1.1"], _dialer.Dialed);
    }

    [Fact]
    public async Task NextAsync_OneFails_TheNextBeginsAtOnce()
    {
        await using var walk = Walk("2::1", "1.1.1.1", "2::2");
        _dialer.Fail("2::1");
        _dialer.Fail("1.1.1.1", DialFailure.Timeout);
        _dialer.Connect("2::2");

        Assert.Equal("2::1 Refused", await NextAsync(walk));
        Assert.Equal("1.1.1.1 Timeout", await NextAsync(walk));
        Assert.Equal("2::2 connected", await NextAsync(walk));
        Assert.Null(await NextAsync(walk));
        Assert.Null(await NextAsync(walk));
    }

    [Fact]
    public async Task NextAsync_AfterAWinner_GoesOnWithThoseThatLost()
    {
        await using var walk = Walk("2::1", "1.1.1.1", "2::2", "1.1.1.2");
        var next = NextAsync(walk);
        await Rig.UntilAsync(() => _dialer.Dialed.Count == 1);
        _time.Advance(Delay);
        await Rig.UntilAsync(() => _dialer.Dialed.Count == 2);
        _time.Advance(Delay);
        await Rig.UntilAsync(() => _dialer.Dialed.Count == 3);
        _dialer.Connect("1.1.1.1");
        Assert.Equal("1.1.1.1 connected", await next);

        // The session on it failed.
        _dialer.Fail("2::1");
        _dialer.Connect("2::2");
        Assert.Equal("2::1 Refused", await NextAsync(walk));
        Assert.Equal("2::2 connected", await NextAsync(walk));
        _dialer.Connect("1.1.1.2");
        Assert.Equal("1.1.1.2 connected", await NextAsync(walk));
        Assert.Null(await NextAsync(walk));
        Assert.Equal(["2::1", "1.1.1.1", "2::2", "2::1", "2::2", "1.1.1.2"], _dialer.Dialed);
    }

    [Fact]
    public async Task NextAsync_TwoConnect_OneIsHandedOutAndTheOtherClosed()
    {
        var dialer = new HandDialer { ConnectsWhenCancelled = true };
        await using var walk = Walk(dialer, AddressOrder.Race, "2::1", "1.1.1.1");
        var next = NextAsync(walk);
        await Rig.UntilAsync(() => dialer.Dialed.Count == 1);
        _time.Advance(Delay);
        await Rig.UntilAsync(() => dialer.Dialed.Count == 2);
        dialer.Connect("1.1.1.1");

        Assert.Equal("1.1.1.1 connected", await next);
        Assert.Equal([false, true], dialer.Opened.Select(stream => stream.IsClosed));

        await walk.DisposeAsync();
        Assert.False(dialer.Opened.First().IsClosed);       // it is its receiver's
    }

    [Theory]
    [InlineData(AddressOrder.PreferIPv4, "1.1.1.1 1.1.1.2 2::1")]
    [InlineData(AddressOrder.PreferIPv6, "2::1 1.1.1.1 1.1.1.2")]
    [InlineData(AddressOrder.OnlyIPv4, "1.1.1.1 1.1.1.2")]
    [InlineData(AddressOrder.OnlyIPv6, "2::1")]
    public async Task NextAsync_StrictPreference_OneAfterTheOther(AddressOrder order, string expected)
    {
        await using var walk = Walk(_dialer, order, "1.1.1.1", "2::1", "1.1.1.2");
        Assert.Equal(expected, string.Join(' ', walk.Addresses));
        foreach (var address in expected.Split(' '))
        {
            var next = NextAsync(walk);
            await Rig.UntilAsync(() => _dialer.Dialed.LastOrDefault() == address);
            _time.Advance(TimeSpan.FromHours(1));
            _dialer.Fail(address);
            Assert.Equal(address + " Refused", await next);
        }
        Assert.Null(await NextAsync(walk));
        Assert.Equal(expected.Split(' '), _dialer.Dialed);
    }

    [Fact]
    public async Task NextAsync_Cancelled_EveryAttemptEnds()
    {
        var dialer = new HandDialer { ConnectsWhenCancelled = true };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        await using var walk = Walk(dialer, AddressOrder.Race, "2::1", "1.1.1.1");
        var next = walk.NextAsync(cancel.Token).AsTask();
        await Rig.UntilAsync(() => dialer.Dialed.Count == 1);
        _time.Advance(Delay);
        await Rig.UntilAsync(() => dialer.Dialed.Count == 2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(2, dialer.Cancelled.Count);
        Assert.All(dialer.Opened, stream => Assert.True(stream.IsClosed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => NextAsync(walk));
    }

    [Fact]
    public async Task DisposeAsync_BetweenCalls_NothingRunsOn()
    {
        var dialer = new HandDialer { ConnectsWhenCancelled = true };
        var walk = Walk(dialer, AddressOrder.Race, "2::1", "1.1.1.1", "2::2");
        var next = NextAsync(walk);
        await Rig.UntilAsync(() => dialer.Dialed.Count == 1);
        _time.Advance(Delay);
        await Rig.UntilAsync(() => dialer.Dialed.Count == 2);
        dialer.Fail("2::1");
        Assert.Equal("2::1 Refused", await next);

        await walk.DisposeAsync();
        await walk.DisposeAsync();

        Assert.Equal(["1.1.1.1"], dialer.Cancelled);
        Assert.All(dialer.Opened, stream => Assert.True(stream.IsClosed));
    }

    [Fact]
    public async Task NextAsync_DialerThrows_ThrowsAndEndsTheWalk()
    {
        await using var walk = Walk("2::1", "1.1.1.1");
        _dialer.Throw("2::1");

        await Assert.ThrowsAsync<InvalidDataException>(() => NextAsync(walk));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => NextAsync(walk));
    }

    [Fact]
    public async Task NextAsync_NoAddress_Null()
    {
        await using var walk = Walk();
        Assert.Null(await NextAsync(walk));
    }

    [Fact]
    public async Task NextAsync_RealSockets_TheDeadFamilyIsPassedOver()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var walk = new AddressWalk(new TcpDialer(), [IPAddress.IPv6Loopback, IPAddress.Loopback], peer.EndPoint.Port);

        Assert.Equal("::1 Refused", await NextAsync(walk));
        var dial = await walk.NextAsync(Rig.Stop);
        var connected = Assert.IsType<DialResult.Connected>(dial!.Result);
        await using (connected.Stream)
            Assert.Equal(peer.EndPoint, dial.Address);
    }

    private AddressWalk Walk(params string[] addresses) => Walk(_dialer, AddressOrder.Race, addresses);

    private AddressWalk Walk(HandDialer dialer, AddressOrder order, params string[] addresses) =>
        new(dialer, [.. addresses.Select(IPAddress.Parse)], 25, new AddressWalkOptions { Order = order }, _time);

    private static async Task<string?> NextAsync(AddressWalk walk)
    {
        var dial = await walk.NextAsync(Rig.Stop);
        return dial is null ? null : $"{dial.Address.Address} {(dial.Result is DialResult.Failed failed ? failed.Reason : "connected")}";
    }
}
