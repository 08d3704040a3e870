using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Which session is used again, and which never.</summary>
public sealed class SmtpSessionPoolTests
{
    [Fact]
    public async Task EnterAsync_SameRequest_SameConnection()
    {
        await using var world = new PoolWorld();
        for (var message = 0; message < 3; message++)
        {
            await using var place = await world.TakeAsync();
            Assert.Equal((message > 0, message, world.Peer.EndPoint, "north"), (place.IsReused, place.Session!.Transactions, place.Address, place.Via));
            await PoolWorld.SendAsync(place);
        }

        Assert.Equal((1, 1, 0, 1), world.Pool.Count);
        Assert.Equal("EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA", world.Commands(1));
        Assert.Equal(2, world.Log.Lines.Count(line => line.StartsWith("1360 Debug Session with mx.test at", StringComparison.Ordinal)));
    }

    public static TheoryData<string, Func<SmtpPoolRequest, SmtpPoolRequest>> OtherRequests => new()
    {
        { "host", request => request with { Host = DomainName.Parse("other.test") } },
        { "port", request => request with { Port = 26 } },
        { "address", request => request with { Addresses = [IPAddress.IPv6Loopback, IPAddress.Parse("192.0.2.1")] } },
        { "dialer", request => request with { Dialer = new TcpDialer() } },
        { "demand", request => request with { Demand = TlsDemand.RequireTls } },
        { "no demand", request => request with { Demand = TlsDemand.TlsRequiredNo } },
        { "hello name", request => request with { Settings = request.Settings with { HelloName = DomainName.Parse("second.test") } } },
        { "least version", request => request with { Settings = request.Settings with { LeastTlsVersion = LeastTlsVersion.Tls13 } } },
        { "server name", request => request with { Settings = request.Settings with { ServerName = DomainName.Parse("sni.test") } } },
        { "verifier", request => request with { Settings = request.Settings with { Verifier = new WebPkiVerifier(Rig.Host) } } },
        { "timeouts", request => request with { Settings = request.Settings with { Timeouts = new SmtpTimeouts { Quit = TimeSpan.FromSeconds(1) } } } },
        { "limits", request => request with { Settings = request.Settings with { Limits = new SmtpSessionLimits { MaxReply = 1000 } } } },
    };

    [Theory]
    [MemberData(nameof(OtherRequests), DisableDiscoveryEnumeration = true)]
    public async Task EnterAsync_AnyPartDiffers_AnotherConnection(string part, Func<SmtpPoolRequest, SmtpPoolRequest> change)
    {
        Assert.NotEmpty(part);
        await using var world = new PoolWorld();
        await world.SendAsync();

        await using var place = await world.EnterAsync(change(world.Request));

        Assert.Null(place.Session);
        Assert.Single(world.Peer.Connections);
    }

    [Theory]
    [InlineData("address")]
    [InlineData("settings")]
    [InlineData("limits")]
    [InlineData("left")]
    public async Task OpenAsync_Misuse_ThrowsAndTheConnectionIsClosed(string fault)
    {
        await using var world = new PoolWorld();
        await using var place = await world.EnterAsync();
        if (fault == "left")
            await place.LeaveAsync(Rig.Stop);
        using var stream = new WatchedStream();
        var settings = fault == "limits" ? PoolWorld.Clear with { Timeouts = new SmtpTimeouts { Quit = TimeSpan.Zero } } : PoolWorld.Clear;

        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await place.OpenAsync(
            new DialResult.Connected(stream, null, world.Peer.EndPoint), fault == "address" ? null! : world.Peer.EndPoint, fault == "settings" ? null! : settings, Rig.Stop));

        Assert.True(thrown is ArgumentException or ObjectDisposedException, thrown.ToString());
        Assert.True(stream.IsClosed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EnterAsync_UnderTls_VerdictOfTheSessionStays(bool strict)
    {
        using var certificate = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["mx.test"] });
        await using var world = new PoolWorld(new MailExchangerOptions { Tls = new SmtpPeerTls(certificate) });
        var tls = world.Request with { Settings = PoolWorld.Clear with { Tls = TlsUse.StartTls, ServerName = Rig.Host, Verifier = UnauthenticatedVerifier.Instance } };
        await world.SendAsync(tls);

        // What was not authenticated is no session for who demands that, and the other way round.
        await using var place = await world.EnterAsync(strict ? tls with { Settings = tls.Settings with { Verifier = new WebPkiVerifier(Rig.Host) } } : tls);

        Assert.Equal(!strict, place.IsReused);
        Assert.Equal(strict ? null : "EncryptedOnly", place.Session?.Tls?.Verdict.GetType().Name);
    }

    [Fact]
    public async Task LeaveAsync_EnvelopeLeft_KeptAndResetFirst()
    {
        await using var world = new PoolWorld(new MailExchangerOptions().On(SmtpPeerMoment.Recipient, "*none@*", "550 unknown"));
        await using (var place = await world.TakeAsync())
            Assert.Equal("Refused/Recipient; -; Reusable", Rig.Describe(await place.Session!.SendAsync(Rig.Envelope("none@mx.test"), Rig.Content, Rig.Stop)));

        await world.SendAsync();

        Assert.Equal("EHLO MAIL RCPT DATA RSET MAIL RCPT DATA", world.Commands(1));
    }

    [Fact]
    public async Task LeaveAsync_Broken_NotKept()
    {
        await using var world = new PoolWorld(new MailExchangerOptions().On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Close()));
        await using (var place = await world.TakeAsync())
            await place.Session!.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal((0, 0, 0, 0), world.Pool.Count);
        Assert.Equal(["Broken"], world.Ended);
    }

    [Fact]
    public async Task LeaveAsync_Cancelled_NotKept()
    {
        await using var world = new PoolWorld(new MailExchangerOptions().On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Stall()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        await using (var place = await world.TakeAsync())
        {
            var sending = place.Session!.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, stop.Token).AsTask();
            await Rig.UntilAsync(() => Act.HasReached(world.Peer.Connections[0], SmtpPeerMoment.EndOfData));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        Assert.Equal(["Broken"], world.Ended);
    }

    [Theory]
    [InlineData("S: 421 4.4.2 idle too long\nCLOSE")]
    [InlineData("S: 421 4.4.2 idle too long\nC: *")]
    [InlineData("S: 250 2.0.0 what\nC: *")]
    [InlineData("CLOSE")]
    [InlineData("RESET")]
    [Trait("rfc", "5321#3.8")]
    public async Task EnterAsync_ServerSpokeOrLeftWhileIdle_NotUsedAndNothingSaid(string does)
    {
        await using var world = new PoolWorld(ScriptedSmtpPeer.Play($"S: 220 mx.test\nC: EHLO *\nS: 250 mx.test\nC: NOOP\nS: 250 OK\n{does}"), new SmtpSessionPoolOptions { MaxTransactions = int.MaxValue });
        await using (var first = await world.TakeAsync())
            Assert.Null(await first.Session!.ProbeAsync(Rig.Stop));

        // Some time after the answer the bytes are there.
        var place = await world.EnterAsync();
        while (place.Session is not null)
        {
            await place.DisposeAsync();
            place = await world.EnterAsync();
        }

        Assert.Equal((1, 0, 0, 1), world.Pool.Count);
        Assert.Equal(["Gone"], world.Ended);
        Assert.DoesNotContain("QUIT", world.Peer.Connections[0].Commands);
        await place.DisposeAsync();
    }

    [Fact]
    public async Task EnterAsync_Transactions_EndedAfterTheMost()
    {
        await using var world = new PoolWorld(options: new SmtpSessionPoolOptions { MaxTransactions = 2 });
        for (var message = 0; message < 3; message++)
            await world.SendAsync();

        Assert.Equal("EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT", world.Commands(1));
        Assert.Equal(["Transactions"], world.Ended);
        Assert.Equal(2, world.Peer.Connections.Count);
    }

    [Theory]
    [InlineData("LIMITS MAILMAX=1", 3)]
    [InlineData("LIMITS RCPTMAX=10 mailmax=2", 2)]
    [InlineData("LIMITS MAILMAX=0", 1)]
    [InlineData("LIMITS MAILMAX=x RCPTMAX=1", 1)]
    [InlineData("LIMITS", 1)]
    public async Task EnterAsync_ServerNamesALimit_Honoured(string keyword, int connections)
    {
        await using var world = new PoolWorld(new MailExchangerOptions { Keywords = ["PIPELINING", keyword] });
        for (var message = 0; message < 3; message++)
        {
            await using var place = await world.TakeAsync();
            var spent = connections == 3 || (connections == 2 && message == 1);
            await PoolWorld.SendAsync(place, spent ? SessionState.Spent : SessionState.Reusable);
            Assert.Equal(spent, place.IsSpent);
        }

        Assert.Equal(connections, world.Peer.Connections.Count);
    }

    [Fact]
    public async Task NoReuse_Options_EverySessionEndsWithItsUser()
    {
        await using var world = new PoolWorld(options: SmtpSessionPoolOptions.NoReuse);
        await world.SendAsync();
        await using (await world.TakeAsync())
        {
            // used for nothing
        }

        Assert.Equal((0, 0, 0, 0), world.Pool.Count);
        Assert.Equal(("EHLO MAIL RCPT DATA QUIT", "EHLO QUIT"), (world.Commands(1), world.Commands(2)));
    }

    [Fact]
    public async Task OpenAsync_Fails_PlaceStaysForTheNext()
    {
        await using var world = new PoolWorld(new MailExchangerOptions { Rules = { new SmtpPeerRule(SmtpPeerMoment.Greeting, new SmtpPeerAction.Reply("554 no")) { Connection = 1 } } });
        await using var place = await world.EnterAsync();
        Assert.IsType<SessionOpenResult.Failed>(await place.OpenAsync(new DialResult.Connected(await Rig.ConnectAsync(world.Peer.EndPoint), null, world.Peer.EndPoint), world.Peer.EndPoint, PoolWorld.Clear, Rig.Stop));
        Assert.Null(place.Session);

        await world.OpenAsync(place);
        await PoolWorld.SendAsync(place);
        Assert.False(place.IsReused);
    }

    [Fact]
    public async Task OpenAsync_OverAReusedSession_FreshAndTheOldOneIsClosed()
    {
        await using var world = new PoolWorld();
        await world.SendAsync();
        await using var place = await world.EnterAsync();
        Assert.True(place.IsReused);

        await world.OpenAsync(place);

        Assert.Equal((false, 0), (place.IsReused, place.Session!.Transactions));
        Assert.Equal(["Closed"], world.Ended);
        await place.CloseAsync(Rig.Stop);
        Assert.Equal((null, 1), (place.Session, world.Pool.Count.Taken));
        await place.LeaveAsync(Rig.Stop);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => world.OpenAsync(place));
    }

    [Theory]
    [InlineData(nameof(SmtpSessionPoolOptions.MaxSessions))]
    [InlineData(nameof(SmtpSessionPoolOptions.MaxSessionsPerHost))]
    [InlineData(nameof(SmtpSessionPoolOptions.MaxTransactions))]
    [InlineData(nameof(SmtpSessionPoolOptions.IdleTime))]
    [InlineData(nameof(SmtpSessionPoolOptions.MaxAge))]
    [InlineData(nameof(SmtpSessionPoolOptions.WaitTime))]
    [InlineData(nameof(SmtpSessionPoolOptions.GoodbyeTime))]
    public void Constructor_OptionOutOfRange_Named(string name)
    {
        var options = new SmtpSessionPoolOptions();
        var property = typeof(SmtpSessionPoolOptions).GetProperty(name)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? 0 : TimeSpan.FromDays(1.1));

        Assert.StartsWith($"{name} must be", Assert.Throws<ArgumentException>(() => new SmtpSessionPool(options)).Message, StringComparison.Ordinal);
    }
}
