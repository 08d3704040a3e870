using System.Net;
using System.Net.Sockets;
using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Dnssec.Tests.Servers;

/// <summary>Who was silent, out of reach or outvoted is asked behind the others for half a minute, and who strips last; nobody is left out.</summary>
[Trait("rfc", "1035#7.2")]
public sealed class ServerOrderTests : ResolverTest
{
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(30);
    private readonly LoopbackDnsServer _other = new();
    private readonly SignedWorld _first;
    private readonly SignedWorld _second;

    public ServerOrderTests()
    {
        _first = new(Time);
        _second = new(Time, _first);
        foreach (var server in new[] { Server, _other })
        {
            for (var host = 0; host < 4; host++)
                server.AddAddress($"h{host}.example", "192.0.2.1");
        }
    }

    [Fact]
    public async Task Get_TheFirstIsSilent_ComesBehindTheOther_ForHalfAMinute()
    {
        Server.Misbehave("h0.example", DnsRecordType.A, new DnsServerFault.Silence());
        var resolver = Believing(Server.EndPoint, _other.EndPoint);
        var waiting = resolver.GetAAsync(Name("h0.example"), Ct).AsTask();
        await Server.WaitForQueryAsync("h0.example", DnsRecordType.A, cancellationToken: Ct);
        Time.Advance(TimeSpan.FromSeconds(5));
        await AssertFoundAsync(waiting);

        Time.Advance(Doubtful - TimeSpan.FromSeconds(1));
        await AssertFoundAsync(resolver.GetAAsync(Name("h1.example"), Ct).AsTask());
        Time.Advance(TimeSpan.FromSeconds(1));
        await AssertFoundAsync(resolver.GetAAsync(Name("h2.example"), Ct).AsTask());

        Assert.Equal([(1, 1), (0, 1), (1, 0)], Asked(Server, _other, 3));
    }

    /// <summary>A name whose own servers are silent must not put a server back that answers others.</summary>
    [Fact]
    public async Task Get_TheFirstIsSilentForOneName_AndAnswersAnother_StaysFirst()
    {
        Server.Misbehave("h0.example", DnsRecordType.A, new DnsServerFault.Silence());
        var resolver = Believing(Server.EndPoint, _other.EndPoint);
        var waiting = resolver.GetAAsync(Name("h0.example"), Ct).AsTask();
        await Server.WaitForQueryAsync("h0.example", DnsRecordType.A, cancellationToken: Ct);
        Time.Advance(TimeSpan.FromSeconds(1));
        await AssertFoundAsync(resolver.GetAAsync(Name("h1.example"), Ct).AsTask());
        Time.Advance(TimeSpan.FromSeconds(4));
        await AssertFoundAsync(waiting);

        await AssertFoundAsync(resolver.GetAAsync(Name("h2.example"), Ct).AsTask());

        Assert.Equal([(1, 1), (1, 0), (1, 0)], Asked(Server, _other, 3));
    }

    [Fact]
    public async Task Get_TheFirstWasSilent_AndAnswersWhereTheOtherFails_IsFirstAgain()
    {
        Server.Misbehave("h0.example", DnsRecordType.A, new DnsServerFault.Silence());
        _other.Misbehave("h1.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2));
        var resolver = Believing(Server.EndPoint, _other.EndPoint);
        var waiting = resolver.GetAAsync(Name("h0.example"), Ct).AsTask();
        await Server.WaitForQueryAsync("h0.example", DnsRecordType.A, cancellationToken: Ct);
        Time.Advance(TimeSpan.FromSeconds(5));
        await AssertFoundAsync(waiting);

        await AssertFoundAsync(resolver.GetAAsync(Name("h1.example"), Ct).AsTask());
        await AssertFoundAsync(resolver.GetAAsync(Name("h2.example"), Ct).AsTask());

        Assert.Equal([(1, 1), (1, 1), (1, 0)], Asked(Server, _other, 3));
    }

    [Fact]
    public async Task Get_TheFirstIsOutOfReach_IsNotAskedAgainAtOnce()
    {
        var exchanges = 0;
        using var factory = new TestMeters();
        using var listener = factory.Listen((_, labels) => exchanges += labels.Contains("result=Network", StringComparison.Ordinal) ? 1 : 0, "mail.dns.exchanges");
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [Nobody(), Server.EndPoint], Mode = DnssecMode.AdBit }, Time, factory);
        for (var host = 0; host < 3; host++)
            await AssertFoundAsync(resolver.GetAAsync(Name($"h{host}.example"), Ct).AsTask());
        Assert.Equal(1, exchanges);
    }

    /// <summary>One that gives what nobody can prove, perhaps late, does not slow every question.</summary>
    [Fact]
    [Trait("rfc", "4035#5.5")]
    public async Task Get_TheFirstWasOutvoted_ComesBehindTheOther_ForHalfAMinute()
    {
        _first.Server.Depart("a.z.test", DnsRecordType.A, new CorruptSignatures());
        using var resolver = Validating(_first.EndPoint, _second.EndPoint);
        await AssertSecureAsync(resolver, "a.z.test");
        await AssertSecureAsync(resolver, "b.z.test");
        Time.Advance(Doubtful);
        await AssertSecureAsync(resolver, "nosuch.z.test");
        Assert.Equal([(1, 1), (0, 1), (1, 0)], new[] { "a.z.test", "b.z.test", "nosuch.z.test" }.Select(name => (_first.CountOf(name, DnsRecordType.A), _second.CountOf(name, DnsRecordType.A))));
    }

    [Fact]
    public async Task Get_EachWasOutvoted_TheOrderIsTheOneConfigured()
    {
        _first.Server.Depart("a.z.test", DnsRecordType.A, new CorruptSignatures());
        _second.Server.Depart("b.z.test", DnsRecordType.A, new CorruptSignatures());
        using var resolver = Validating(_first.EndPoint, _second.EndPoint);
        foreach (var name in new[] { "a.z.test", "b.z.test", "nosuch.z.test" })
            await AssertSecureAsync(resolver, name);
        Assert.Equal((1, 0), (_first.CountOf("nosuch.z.test", DnsRecordType.A), _second.CountOf("nosuch.z.test", DnsRecordType.A)));
    }

    /// <summary>What nobody could prove says nothing of who gave it.</summary>
    [Fact]
    public async Task Get_NobodyCouldProveIt_TheOrderStays()
    {
        foreach (var world in new[] { _first, _second })
            world.Server.Depart("a.z.test", DnsRecordType.A, new CorruptSignatures());
        using var resolver = Validating(_first.EndPoint, _second.EndPoint);
        Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name("a.z.test"), Ct));
        await AssertSecureAsync(resolver, "b.z.test");
        Assert.Equal((1, 0), (_first.CountOf("b.z.test", DnsRecordType.A), _second.CountOf("b.z.test", DnsRecordType.A)));
    }

    /// <summary>It is asked where nobody else answers, and may have been mended meanwhile.</summary>
    [Fact]
    public async Task Get_TheOthersFail_OneThatStrippedIsAsked()
    {
        _first.Server.DepartAlways(new Stripped());
        using var resolver = Validating(_first.EndPoint, Nobody());
        Assert.Equal([ServerCapability.StripsDnssec, ServerCapability.NoAnswer], (await resolver.ProbeAsync(Ct)).Select(static probe => probe.Capability));
        _first.Server.DepartAlways();
        await AssertSecureAsync(resolver, "a.z.test");
    }

    /// <summary>The server outside does not know the private zone, and proves that there is none: it passes on what it must, whichever anchor stands first.</summary>
    [Theory]
    [Trait("rfc", "4035#4.6")]
    [InlineData(true, "it gives the keys of zone . with their signatures, and NSEC or NSEC3 records with what it denies")]
    [InlineData(false, "it says with signatures that zone corp has no keys, and NSEC or NSEC3 records with what it denies")]
    public async Task ProbeAsync_PrivateZoneThatTheServerDoesNotKnow_IsCapable(bool withRoot, string line)
    {
        var corp = SignedDnsServer.AnchorsOf(_first.Add("corp", new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs }));
        using var resolver = new DnssecResolver(
            new DnssecResolverOptions { Servers = [_second.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = withRoot ? [.. corp, .. _first.Server.TrustAnchors] : corp }, Time);
        var probe = Assert.Single(await resolver.ProbeAsync(Ct));
        Assert.Equal((ServerCapability.Capable, line), (probe.Capability, probe.Detail));
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        await _other.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    private static IEnumerable<(int, int)> Asked(LoopbackDnsServer first, LoopbackDnsServer second, int hosts) =>
        Enumerable.Range(0, hosts).Select(host => $"h{host}.example").Select(name => (first.CountOf(name, DnsRecordType.A), second.CountOf(name, DnsRecordType.A)));

    private static async Task AssertFoundAsync(Task<DnsAnswer<IPAddress>> asking) => Assert.IsType<DnsAnswer<IPAddress>.Found>(await asking);

    private static async Task AssertSecureAsync(DnssecResolver resolver, string name) => Assert.Equal(DnsSecurity.Secure, await resolver.GetAAsync(Name(name), Ct) switch
    {
        DnsAnswer<IPAddress>.Found found => found.Security,
        DnsAnswer<IPAddress>.Absent absent => absent.Security,
        _ => null as DnsSecurity?,
    });

    private static IPEndPoint Nobody()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private DnssecResolver Believing(params IPEndPoint[] servers) => Resolver(options => (options.Servers, options.Mode, options.Attempts, options.QueryTimeout) = (servers, DnssecMode.AdBit, 1, TimeSpan.FromSeconds(5)));

    private DnssecResolver Validating(params IPEndPoint[] servers) =>
        new(new DnssecResolverOptions { Servers = servers, Mode = DnssecMode.Validate, TrustAnchors = _first.Server.TrustAnchors, Attempts = 1 }, Time);
}
