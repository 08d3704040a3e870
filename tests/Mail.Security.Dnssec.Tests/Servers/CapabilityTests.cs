using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Servers;

/// <summary>Which servers are good for what is asked of them, and who is asked in place of those that are not.</summary>
public sealed class CapabilityTests : ResolverTest
{
    private const string Zone = "example";
    private static readonly DnskeyRecord Key = new(257, 3, 13, new byte[64]);
    private readonly LoopbackDnsServer _other = new();
    private readonly List<DnssecResolver> _own = [];

    [Theory]
    [Trait("rfc", "4035#4.6")]
    [InlineData(DnssecMode.Validate, "signed", ServerCapability.Capable, "is capable: it gives the keys of zone example with their signatures, and NSEC or NSEC3 records with what it denies")]
    [InlineData(DnssecMode.Validate, "plain", ServerCapability.StripsDnssec, "strips DNSSEC records: it gives the keys of zone example without signatures")]
    [InlineData(DnssecMode.Validate, "none", ServerCapability.Failing, "answers with errors: it gives no keys of zone example, and no proof that there are none")]
    [InlineData(DnssecMode.Validate, "unproven", ServerCapability.StripsDnssec, "strips DNSSEC records: it says that example has no TLSA records, without the NSEC or NSEC3 records that prove it")]
    [InlineData(DnssecMode.Validate, "no TLSA", ServerCapability.Failing, "answers with errors: example TLSA: {0} (UDP): NOTIMP")]
    [InlineData(DnssecMode.Validate, "refused", ServerCapability.Failing, "answers with errors: example DNSKEY: {0} (UDP): REFUSED, EDE 18 (Prohibited)")]
    [InlineData(DnssecMode.Validate, "garbage", ServerCapability.Failing, "answers with errors: example DNSKEY: {0} (UDP): an answer that cannot be read")]
    [InlineData(DnssecMode.Validate, "cut", ServerCapability.NoTcp, "cuts answers off and has no TCP: example DNSKEY: {0} (TCP): the connection ended within an answer")]
    [InlineData(DnssecMode.Validate, "large", ServerCapability.Capable, "is capable: it gives the keys of zone example with their signatures, and NSEC or NSEC3 records with what it denies")]
    [InlineData(DnssecMode.AdBit, "secure", ServerCapability.Capable, "is capable: it calls example NS authentic")]
    [InlineData(DnssecMode.AdBit, "insecure", ServerCapability.NotValidating, "does not validate: it does not call example NS authentic (AD): let it validate, or let answers be validated here")]
    public async Task ProbeAsync_EveryServer_IsToldInOneLine(DnssecMode mode, string kind, ServerCapability capability, string line)
    {
        Server.AddNs(Zone, "ns.example", kind == "insecure" ? DnsSecurity.Insecure : DnsSecurity.Secure);
        if (kind != "none")
            Server.AddDnskey(Zone, Key);
        var sign = new DnsServerFault.Rewritten(Sign);
        DnsServerFault[] faults = kind switch
        {
            "signed" or "unproven" or "no TLSA" => [sign],
            "refused" => [new DnsServerFault.ResponseCode(5, new ExtendedDnsError(18, ""))],
            "garbage" => [new DnsServerFault.Garbage()],
            "cut" => [new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.BrokenConnection()],
            "large" => [new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.Only(DnsTransport.Tcp, sign)],
            _ => [],
        };
        Server.Misbehave(Zone, DnsRecordType.Dnskey, faults);
        if (kind != "unproven")
            Server.Misbehave(Zone, DnsRecordType.Tlsa, kind == "no TLSA" ? new DnsServerFault.ResponseCode(4) : new DnsServerFault.Rewritten(Deny));

        var probe = Assert.Single(await Make(mode, Server.EndPoint).ProbeAsync(Ct));

        Assert.Equal((Server.EndPoint, capability), (probe.Server, probe.Capability));
        Assert.Equal($"{Server.EndPoint} {string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Server.EndPoint)}", probe.ToString());
    }

    // Where answers are validated here, what a server makes of signatures is its own failure; where its AD bit is believed, so is its refusal.
    [Theory]
    [InlineData(DnssecMode.Validate, DnsFailure.ServerFailure, 1)]
    [InlineData(DnssecMode.AdBit, DnsFailure.Bogus, 0)]
    public async Task Get_ServerCallsItBogus_TheNextIsAskedOnlyWhereWeJudge(DnssecMode mode, DnsFailure reason, int others)
    {
        Server.Misbehave("a.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "no")));
        _other.Misbehave("a.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "no")));

        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await Make(mode, Server.EndPoint, _other.EndPoint).GetAAsync(Name("a.example"), Ct));

        Assert.Equal((reason, 6, others), (failed.Reason, (int)failed.Error!.Code, _other.CountOf("a.example", DnsRecordType.A)));
    }

    [Fact]
    public async Task ProbeAsync_NobodyThere_DoesNotAnswer()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var end = (IPEndPoint)socket.LocalEndPoint!;
        socket.Close();
        Assert.Equal(ServerCapability.NoAnswer, Assert.Single(await Make(DnssecMode.Validate, end).ProbeAsync(Ct)).Capability);
    }

    [Fact]
    public async Task ProbeAsync_PathNotTrusted_AnAnswerIsEnough()
    {
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [Server.EndPoint], Mode = DnssecMode.AdBit, AdTrust = AdTrust.Distrust }, Time);
        var probe = Assert.Single(await resolver.ProbeAsync(Ct));
        Assert.Equal((ServerCapability.Capable, "it answers com NS; its AD bit is not believed"), (probe.Capability, probe.Detail));
    }

    [Fact]
    public async Task ProbeAsync_DisposedOrCancelled_Throws()
    {
        Server.Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.Silence());
        var resolver = Make(DnssecMode.Validate, Server.EndPoint);
        using var cancel = new CancellationTokenSource();
        var (cancelled, disposed) = (resolver.ProbeAsync(cancel.Token).AsTask(), resolver.ProbeAsync(Ct).AsTask());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        resolver.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
    }

    /// <summary>The first server strips. A lookup finds it out, goes to the other, and so do those after it, for five minutes.</summary>
    [Fact]
    public async Task Lookup_OneOfTwoStrips_TheOtherIsAskedForFiveMinutes()
    {
        await using var good = new SignedWorld(Time);
        await using var strips = new SignedWorld(Time, good);
        strips.Server.DepartAlways(new SignedAnswerFault.Stripped());
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [strips.EndPoint, good.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = good.Server.TrustAnchors }, Time);
        async Task AssertSecureAsync(string name) => Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Found>(await resolver.GetAAsync(Name(name), Ct)).Security);

        await AssertSecureAsync("a.z.test");
        Assert.Equal((1, 1), (strips.CountOf("a.z.test", DnsRecordType.A), strips.CountOf(".", DnsRecordType.Dnskey)));
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await AssertSecureAsync("b.z.test");
        Assert.Equal(0, strips.CountOf("b.z.test", DnsRecordType.A));

        Time.Advance(TimeSpan.FromSeconds(31));
        await AssertSecureAsync("a.z.test");
        Assert.Equal(2, strips.CountOf("a.z.test", DnsRecordType.A));
    }

    [Fact]
    public async Task Lookup_AllStrip_IsNotCapable_UntilOneIsMended()
    {
        Fill(Server).AddDnskey(Zone, Key);
        Fill(_other);
        var resolver = Make(DnssecMode.Validate, Server.EndPoint, _other.EndPoint);
        Assert.Equal(DnsFailure.UpstreamNotDnssecCapable, await FailureAsync(resolver, "h0.example"));
        Assert.Equal(DnsFailure.UpstreamNotDnssecCapable, await FailureAsync(resolver, "h1.example"));

        Server.Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.Rewritten(Sign));
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(DnsFailure.UpstreamNotDnssecCapable, await FailureAsync(resolver, "h2.example"));
        Server.Misbehave(Zone, DnsRecordType.Tlsa, new DnsServerFault.Rewritten(Deny));
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(DnsFailure.Bogus, await FailureAsync(resolver, "h3.example"));
    }

    /// <summary>One strips and the other is silent: that is what is told, for it may be back.</summary>
    [Fact]
    public async Task Lookup_OneStripsAndOneFails_TheFailureIsTold()
    {
        Fill(Server).AddDnskey(Zone, Key);
        Fill(_other).Misbehave("h0.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2)).Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.ResponseCode(2));
        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await Make(DnssecMode.Validate, Server.EndPoint, _other.EndPoint).GetAAsync(Name("h0.example"), Ct));
        Assert.Equal(DnsFailure.ServerFailure, failed.Reason);
        Assert.Contains("strips DNSSEC records", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ThatFindsAStripper_SparesLookupsTheQuestion()
    {
        await using var good = new SignedWorld(Time);
        await using var strips = new SignedWorld(Time, good);
        strips.Server.DepartAlways(new SignedAnswerFault.Stripped());
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [strips.EndPoint, good.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = good.Server.TrustAnchors }, Time);

        Assert.Equal([ServerCapability.StripsDnssec, ServerCapability.Capable], (await resolver.ProbeAsync(Ct)).Select(static probe => probe.Capability));
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Found>(await resolver.GetAAsync(Name("a.z.test"), Ct)).Security);
        Assert.Equal(DnsRecordType.Dnskey, Assert.Single(strips.Server.Queries).Type);
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        _own.ForEach(static resolver => resolver.Dispose());
        await _other.DisposeAsync();
    }

    private DnssecResolver Make(DnssecMode mode, params IPEndPoint[] servers)
    {
        var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = servers, Mode = mode, ProbeName = Name(Zone), TrustAnchors = TrustAnchors.Parse($"{Zone}. DNSKEY {Key}") }, Time);
        _own.Add(resolver);
        return resolver;
    }

    private static async Task<DnsFailure> FailureAsync(DnssecResolver resolver, string host) => Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(host), Ct)).Reason;

    private static LoopbackDnsServer Fill(LoopbackDnsServer server)
    {
        for (var host = 0; host < 4; host++)
            server.AddAddress($"h{host}.{Zone}", "192.0.2.1");
        return server;
    }

    /// <summary>Many who wait for the same finding share one check.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindOut_ManyAtOnce_TheServerIsCheckedOnce(bool strips)
    {
        Server.AddDnskey(Zone, Key).Misbehave(Zone, DnsRecordType.Tlsa, new DnsServerFault.Rewritten(Deny));
        var release = new TaskCompletionSource();
        Server.Misbehave(Zone, DnsRecordType.Dnskey, [new DnsServerFault.HoldUntil(release.Task), .. strips ? (DnsServerFault[])[] : [new DnsServerFault.Rewritten(Sign)]]);
        using var meters = new DnssecMeters(null);
        var server = new UpstreamServer(new ServerExchange(Server.EndPoint, DnssecMode.Validate, TimeSpan.FromMinutes(1), Time, meters), ServerCheck.Passing(Name(Zone)), Time);
        var all = Enumerable.Range(0, 8).Select(_ => server.FindOutAsync(Ct).AsTask()).ToList();
        release.SetResult();

        var found = await Task.WhenAll(all);

        Assert.All(found, failed => Assert.Equal(strips ? DnsFailure.UpstreamNotDnssecCapable : (DnsFailure?)null, failed?.Reason));
        await server.FindOutAsync(Ct);
        Assert.Equal((1, strips ? 0 : 1, strips), (Server.CountOf(Zone, DnsRecordType.Dnskey), Server.CountOf(Zone, DnsRecordType.Tlsa), server.Standing == ServerStanding.Strips));
    }

    /// <summary>Who began a check may be told to stop; those who joined it are served all the same.</summary>
    [Fact]
    public async Task FindOut_WhoBeganItGivesUp_TheOthersBeginAnother()
    {
        Server.AddDnskey(Zone, Key).Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.Silence());
        using var meters = new DnssecMeters(null);
        var server = new UpstreamServer(new ServerExchange(Server.EndPoint, DnssecMode.Validate, TimeSpan.FromMinutes(1), Time, meters), ServerCheck.Passing(Name(Zone)), Time);
        using var cancel = new CancellationTokenSource();
        var (first, second) = (server.FindOutAsync(cancel.Token).AsTask(), server.FindOutAsync(Ct).AsTask());
        await Server.WaitForQueryAsync(Zone, DnsRecordType.Dnskey, 1, Ct);

        Server.Heal(Zone, DnsRecordType.Dnskey);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(DnsFailure.UpstreamNotDnssecCapable, (await second)!.Reason);
    }

    /// <summary>Nothing is asked beyond what proofs need, unless something is not believed; and then not again for an hour.</summary>
    [Fact]
    public async Task Lookup_NoDoubt_NoQuestionBeyondTheProofs()
    {
        await using var world = new SignedWorld(Time);
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [world.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = world.Server.TrustAnchors }, Time);
        await resolver.GetAAsync(Name("a.plain.test"), Ct);
        Assert.Equal(["a.plain.test A", " DNSKEY", "test DS", "test DNSKEY", "plain.test DS"],
            world.Server.Queries.Select(static query => $"{(query.Name.IsEmpty ? "" : query.Name.Ascii)} {query.Type.ToString().ToUpperInvariant()}"));

        world.Server.Depart("a.z.test", DnsRecordType.A, new SignedAnswerFault.MissingSignatures());
        world.Server.Depart("b.z.test", DnsRecordType.A, new SignedAnswerFault.MissingSignatures());
        foreach (var name in new[] { "a.z.test", "b.z.test" })
            Assert.Equal(DnsFailure.Bogus, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(name), Ct)).Reason);
        Assert.Equal((1, 0), (world.CountOf(".", DnsRecordType.Dnskey), world.CountOf(".", DnsRecordType.Tlsa)));
    }

    /// <summary>Signatures come through, and what proves an absence does not: it is told, and the other server is asked.</summary>
    [Fact]
    [Trait("rfc", "4035#3.1.3.1")]
    public async Task Lookup_ServerDropsDenials_IsNotCapable_AndPassedOver()
    {
        await using var good = new SignedWorld(Time);
        await using var drops = new SignedWorld(Time, good);
        drops.Server.DepartAlways(new SignedAnswerFault.MissingRecords(DnsRecordType.Nsec));
        DnssecResolver Of(params IPEndPoint[] servers) => new(new DnssecResolverOptions { Servers = servers, Mode = DnssecMode.Validate, TrustAnchors = good.Server.TrustAnchors }, Time);
        using var alone = Of(drops.EndPoint);
        using var both = Of(drops.EndPoint, good.EndPoint);

        // What is there can be proven without them.
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Found>(await alone.GetAAsync(Name("a.z.test"), Ct)).Security);
        foreach (var name in new[] { "nosuch.z.test", "a.plain.test" })
        {
            var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await alone.GetAAsync(Name(name), Ct));
            Assert.Equal(DnsFailure.UpstreamNotDnssecCapable, failed.Reason);
            Assert.Contains("it says that . has no TLSA records, without the NSEC or NSEC3 records that prove it", failed.Detail, StringComparison.Ordinal);
        }
        Assert.Equal(DnsSecurity.Insecure, Assert.IsType<DnsAnswer<IPAddress>.Found>(await both.GetAAsync(Name("a.plain.test"), Ct)).Security);
        var asked = drops.Server.Queries.Count;
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Absent>(await both.GetAAsync(Name("nosuch.z.test"), Ct)).Security);
        Assert.Equal(asked, drops.Server.Queries.Count);
    }

    // Puts a record of denial before the authority section.
    private static byte[] Deny(byte[] answer)
    {
        var at = 12;
        while (answer[at] != 0)
            at += answer[at] + 1;
        at += 5;
        byte[] denied = [.. answer[..at], 0xC0, 12, 0, 47, 0, 1, 0, 0, 1, 44, 0, 13, 7, .. "example"u8, 0, 0, 2, 0x22, 1, .. answer[at..]];
        BinaryPrimitives.WriteUInt16BigEndian(denied.AsSpan(8), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(8)) + 1));
        return denied;
    }

    // Puts a signature before the answers, over the type asked for, and of noise.
    private static byte[] Sign(byte[] answer)
    {
        var at = 12;
        while (answer[at] != 0)
            at += answer[at] + 1;
        var type = answer[(at + 1)..(at + 3)];
        at += 5;
        byte[] data = [.. type, 13, 1, .. new byte[14], 7, .. "example"u8, 0, .. new byte[64]];
        byte[] signed = [.. answer[..at], 0xC0, 12, 0, 46, 0, 1, 0, 0, 1, 44, 0, (byte)data.Length, .. data, .. answer[at..]];
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(6), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)) + 1));
        return signed;
    }
}
