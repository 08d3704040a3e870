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
    [InlineData(DnssecMode.Validate, "signed", ServerCapability.Capable, "is capable: it gives the keys of zone example with their signatures")]
    [InlineData(DnssecMode.Validate, "plain", ServerCapability.StripsDnssec, "strips DNSSEC records: it gives the keys of zone example without signatures")]
    [InlineData(DnssecMode.Validate, "none", ServerCapability.StripsDnssec, "strips DNSSEC records: it gives no keys of zone example")]
    [InlineData(DnssecMode.Validate, "refused", ServerCapability.Failing, "answers with errors: example DNSKEY: {0} (UDP): REFUSED, EDE 18 (Prohibited)")]
    [InlineData(DnssecMode.Validate, "garbage", ServerCapability.Failing, "answers with errors: example DNSKEY: {0} (UDP): an answer that cannot be read")]
    [InlineData(DnssecMode.Validate, "cut", ServerCapability.NoTcp, "cuts answers off and has no TCP: example DNSKEY: {0} (TCP): the connection ended within an answer")]
    [InlineData(DnssecMode.Validate, "large", ServerCapability.Capable, "is capable: it gives the keys of zone example with their signatures")]
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
            "signed" => [sign],
            "refused" => [new DnsServerFault.ResponseCode(5, new ExtendedDnsError(18, ""))],
            "garbage" => [new DnsServerFault.Garbage()],
            "cut" => [new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.BrokenConnection()],
            "large" => [new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.Only(DnsTransport.Tcp, sign)],
            _ => [],
        };
        Server.Misbehave(Zone, DnsRecordType.Dnskey, faults);

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
        Fill(Server).AddDnskey(Zone, Key);
        Fill(_other).AddDnskey(Zone, Key).Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.Rewritten(Sign));
        for (var host = 0; host < 4; host++)
            _other.Misbehave($"h{host}.{Zone}", DnsRecordType.A, new DnsServerFault.Rewritten(Sign));
        var resolver = Make(DnssecMode.Validate, Server.EndPoint, _other.EndPoint);

        // The signatures of this world are noise: bogus says that the answer of the other server was judged.
        Assert.Equal(DnsFailure.Bogus, await FailureAsync(resolver, "h0.example"));
        Assert.Equal((1, 1), (Server.CountOf("h0.example", DnsRecordType.A), Server.CountOf(Zone, DnsRecordType.Dnskey)));
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(DnsFailure.Bogus, await FailureAsync(resolver, "h1.example"));
        Assert.Equal(2, Server.Queries.Count);

        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(DnsFailure.Bogus, await FailureAsync(resolver, "h2.example"));
        Assert.Equal((1, 2), (Server.CountOf("h2.example", DnsRecordType.A), Server.CountOf(Zone, DnsRecordType.Dnskey)));
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
        Assert.Equal(DnsFailure.Bogus, await FailureAsync(resolver, "h2.example"));
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
        Fill(Server).AddDnskey(Zone, Key);
        Fill(_other).AddDnskey(Zone, Key).Misbehave(Zone, DnsRecordType.Dnskey, new DnsServerFault.Rewritten(Sign));
        var resolver = Make(DnssecMode.Validate, Server.EndPoint, _other.EndPoint);

        Assert.Equal([ServerCapability.StripsDnssec, ServerCapability.Capable], (await resolver.ProbeAsync(Ct)).Select(static probe => probe.Capability));
        Assert.NotEqual(DnsFailure.UpstreamNotDnssecCapable, await FailureAsync(resolver, "h0.example"));
        Assert.Equal(DnsRecordType.Dnskey, Assert.Single(Server.Queries).Type);
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
