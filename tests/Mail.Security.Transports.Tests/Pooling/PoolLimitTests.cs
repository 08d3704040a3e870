namespace Mail.Security.Transports.Tests;

/// <summary>Never more sessions than allowed, and everybody in his turn.</summary>
public sealed class PoolLimitTests
{
    private static readonly SmtpSessionPoolOptions One = new() { MaxSessionsPerHost = 1 };

    [Fact]
    public async Task EnterAsync_Full_FirstComeFirstServed()
    {
        await using var world = new PoolWorld(options: One);
        var place = await world.TakeAsync();
        var row = Enumerable.Range(0, 5).Select(_ => world.EnterAsync()).ToList();
        Assert.Equal((1, 0, 5, 1), world.Pool.Count);

        foreach (var next in row)
        {
            Assert.False(next.IsCompleted);
            await place.DisposeAsync();
            place = await next;
            Assert.True(place.IsReused);
        }

        await place.DisposeAsync();
        Assert.Single(world.Peer.Connections);
    }

    [Fact]
    public async Task EnterAsync_IdleUnderAnotherKey_GivesUpItsPlaceAndIsClosedFirst()
    {
        await using var world = new PoolWorld(options: One);
        await world.SendAsync();

        await using var place = await world.TakeAsync(world.Request with { Demand = TlsDemand.RequireTls });

        Assert.Equal("EHLO MAIL RCPT DATA QUIT", world.Commands(1));
        Assert.Equal(["Room"], world.Ended);
        Assert.Equal((1, 0, 0, 1), world.Pool.Count);
    }

    [Fact]
    public async Task LeaveAsync_FirstInTheRowWantsAnother_PlaceGoesToHim()
    {
        await using var world = new PoolWorld(options: One);
        var place = await world.TakeAsync();
        var strict = world.EnterAsync(world.Request with { Demand = TlsDemand.RequireTls });
        var same = world.EnterAsync();

        await place.DisposeAsync();

        await using (var next = await strict)
            Assert.Null(next.Session);
        Assert.Equal(["Room"], world.Ended);
        await (await same).DisposeAsync();
    }

    [Fact]
    public async Task EnterAsync_FullInAll_LongestIdleGivesUpItsPlace()
    {
        await using var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxSessions = 2 });
        var requests = Enumerable.Range(0, 3).Select(host => world.Request with { Host = DomainName.Parse($"mx{host}.test") }).ToList();
        await world.SendAsync(requests[0]);
        await world.SendAsync(requests[1]);

        await using var third = await world.TakeAsync(requests[2]);

        Assert.EndsWith("QUIT", world.Commands(1), StringComparison.Ordinal);
        Assert.Equal((2, 1, 0, 2), world.Pool.Count);
        await using var second = await world.EnterAsync(requests[1]);
        Assert.True(second.IsReused);
        var first = world.EnterAsync(requests[0]);
        Assert.Equal((2, 0, 1, 3), world.Pool.Count);
        await third.DisposeAsync();                                 // another host's: its session makes room
        await (await first).DisposeAsync();
    }

    [Theory]
    [InlineData(1, 10, SmtpPoolLimit.Host)]
    [InlineData(10, 1, SmtpPoolLimit.All)]
    public async Task EnterAsync_NoPlaceInTime_RefusedWithTheLimit(int perHost, int inAll, SmtpPoolLimit limit)
    {
        await using var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxSessionsPerHost = perHost, MaxSessions = inAll, WaitTime = TimeSpan.FromSeconds(5) });
        await using var place = await world.TakeAsync();
        var waiting = world.Pool.EnterAsync(world.Request with { Demand = TlsDemand.RequireTls }, Rig.Stop).AsTask();
        world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);

        world.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(limit, Assert.IsType<SmtpPoolTurn.Refused>(await waiting).Limit);
        Assert.Equal((1, 0, 0, 1), world.Pool.Count);
        Assert.Contains($"1362 Information No place for a session with mx.test, port 25: {limit}", world.Log.Lines);
    }

    [Fact]
    public async Task EnterAsync_CancelledInTheRow_LeavesItAndTakesNobodysTurn()
    {
        await using var world = new PoolWorld(options: One);
        using var stop = new CancellationTokenSource();
        var place = await world.TakeAsync();
        var leaving = world.Pool.EnterAsync(world.Request, stop.Token).AsTask();
        var staying = world.EnterAsync();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal((1, 0, 1, 1), world.Pool.Count);
        await place.DisposeAsync();

        await (await staying).DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Pool.EnterAsync(world.Request, stop.Token).AsTask());
    }

    [Fact]
    public async Task EnterAsync_ManyCallersWhoComeAndGiveUp_NeverMoreThanAllowedAndNothingLost()
    {
        const int perHost = 3, inAll = 5, callers = 24, rounds = 40;
        await using var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxSessionsPerHost = perHost, MaxSessions = inAll, MaxTransactions = 7 });
        var hosts = Enumerable.Range(0, 3).Select(host => world.Request with { Host = DomainName.Parse($"mx{host}.test") }).ToList();
        var requests = hosts.Concat(hosts.Select(static host => host with { Demand = TlsDemand.RequireTls })).ToList();
        var inside = new int[hosts.Count];
        var sent = 0;

        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var round = 0; round < rounds; round++)
            {
                var which = random.Next(requests.Count);
                using var stop = new CancellationTokenSource();
                var entering = world.Pool.EnterAsync(requests[which], stop.Token).AsTask();
                if (random.Next(4) == 0)
                    await stop.CancelAsync();
                SmtpPoolPlace place;
                try
                {
                    place = Assert.IsType<SmtpPoolTurn.Entered>(await entering.WaitAsync(Rig.Stop)).Place;
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    continue;
                }
                Assert.InRange(Interlocked.Increment(ref inside[which % hosts.Count]), 1, perHost);
                Assert.InRange(world.Pool.Count.Taken, 1, inAll);
                if (place.Session is null)
                    await world.OpenAsync(place);
                await PoolWorld.SendAsync(place);
                Interlocked.Increment(ref sent);
                if (random.Next(8) == 0)
                    await place.CloseAsync(Rig.Stop);
                Interlocked.Decrement(ref inside[which % hosts.Count]);
                await place.DisposeAsync();
            }
        }, Rig.Stop)));

        Assert.Equal(0, world.Pool.Count.Waiting);
        await Rig.UntilAsync(() => world.Pool.Count is var count && count.Idle == count.Taken);     // the last goodbyes are said
        Assert.Equal(sent, world.Peer.Connections.Sum(static connection => connection.Messages.Count));
        Assert.True(world.Peer.Connections.Count < sent);
    }
}
