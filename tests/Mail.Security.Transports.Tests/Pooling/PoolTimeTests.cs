using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What time does to idle sessions, and how a pool ends.</summary>
public sealed class PoolTimeTests
{
    [Fact]
    public async Task IdleTime_Over_GoodbyeAndPlaceFree()
    {
        await using var world = new PoolWorld();
        await world.SendAsync();
        world.Time.Advance(TimeSpan.FromSeconds(29));
        await world.SendAsync();                                    // begins the idle time anew
        world.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal((1, 1, 0, 1), world.Pool.Count);

        world.Time.Advance(TimeSpan.FromSeconds(1));

        await Rig.UntilAsync(() => world.Pool.Count == (0, 0, 0, 0));
        Assert.Equal("EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT", world.Commands(1));
        Assert.Equal(["Idle"], world.Ended);
    }

    [Fact]
    public async Task IdleTime_SeveralSessions_EachInItsTurn()
    {
        await using var world = new PoolWorld();
        var (first, second) = (await world.TakeAsync(), await world.TakeAsync());
        await first.DisposeAsync();
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await second.DisposeAsync();

        world.Time.Advance(TimeSpan.FromSeconds(20));
        await Rig.UntilAsync(() => world.Pool.Count == (1, 1, 0, 1));
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await Rig.UntilAsync(() => world.Pool.Count == (0, 0, 0, 0));
        await world.SendAsync();                                    // and the watch begins anew
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await Rig.UntilAsync(() => world.Pool.Count == (0, 0, 0, 0));
    }

    [Fact]
    public async Task MaxAge_Over_NotUsedAgainHoweverBusy()
    {
        await using var world = new PoolWorld();
        for (var minute = 0; minute < 20; minute++)
        {
            await world.SendAsync();
            world.Time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(2, world.Peer.Connections.Count);
        await Rig.UntilAsync(() => world.Ended.Count > 0);
        Assert.Equal(["Age"], world.Ended);
    }

    [Theory]
    [InlineData(20, 1)]                 // ends in 20 seconds: not used after that
    [InlineData(-20, 0)]                // had ended before, and was taken nevertheless: as DANE-EE does
    [Trait("rfc", "7672#3.1.1")]
    public async Task Certificate_EndsWhileIdle_NotOutlived(int seconds, int ended)
    {
        var time = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["mx.test"], NotBefore = time.AddDays(-1), NotAfter = time.AddSeconds(seconds) });
        await using var world = new PoolWorld(new MailExchangerOptions { Tls = new SmtpPeerTls(certificate) });
        var tls = world.Request with { Settings = PoolWorld.Clear with { Tls = TlsUse.StartTls, Verifier = UnauthenticatedVerifier.Instance } };
        await world.SendAsync(tls);
        world.Time.Advance(TimeSpan.FromSeconds(19));
        await world.SendAsync(tls);

        world.Time.Advance(TimeSpan.FromSeconds(2));
        await world.SendAsync(tls);

        Assert.Equal(1 + ended, world.Peer.Connections.Count);
        await Rig.UntilAsync(() => world.Ended.Count == ended);
    }

    [Fact]
    public async Task Goodbye_ServerSilent_Limited()
    {
        await using var world = new PoolWorld(new MailExchangerOptions().On(SmtpPeerMoment.Quit, new SmtpPeerAction.Stall()), new SmtpSessionPoolOptions { GoodbyeTime = TimeSpan.FromSeconds(3) });
        await world.SendAsync();
        var disposing = world.Pool.DisposeAsync().AsTask();
        await Rig.UntilAsync(() => world.Commands(1).EndsWith("QUIT", StringComparison.Ordinal));
        Assert.False(disposing.IsCompleted);

        world.Time.Advance(TimeSpan.FromSeconds(3));

        await disposing.WaitAsync(Rig.Stop);
        Assert.Equal((0, 0, 0, 0), world.Pool.Count);
    }

    [Fact]
    public async Task DisposeAsync_WaitersAndUsers_SentAwayAndClosedAtTheEnd()
    {
        await using var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxSessionsPerHost = 2 });
        var (used, idle) = (await world.TakeAsync(), await world.TakeAsync());
        var other = await world.TakeAsync(world.Request with { Host = DomainName.Parse("other.test") });
        await other.DisposeAsync();
        var waiting = world.Pool.EnterAsync(world.Request, Rig.Stop).AsTask();

        await world.Pool.DisposeAsync();

        Assert.Equal(SmtpPoolLimit.Closed, Assert.IsType<SmtpPoolTurn.Refused>(await waiting).Limit);
        Assert.Equal(SmtpPoolLimit.Closed, Assert.IsType<SmtpPoolTurn.Refused>(await world.Pool.EnterAsync(world.Request, Rig.Stop)).Limit);
        Assert.Equal("EHLO QUIT", world.Commands(3));
        await PoolWorld.SendAsync(used);                            // who has one may go on
        await used.DisposeAsync();
        Assert.Equal("EHLO MAIL RCPT DATA QUIT", world.Commands(1));
        await idle.DisposeAsync();
        await world.Pool.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_Idle_ClosedWithoutGoodbye()
    {
        await using var world = new PoolWorld();
        await world.SendAsync();

        world.Pool.Dispose();

        await world.Peer.WaitForEndAsync(1, Rig.Stop);
        Assert.Equal("EHLO MAIL RCPT DATA", world.Commands(1));
    }
}
