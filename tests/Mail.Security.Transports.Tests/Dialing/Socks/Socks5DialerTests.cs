using System.Net;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

[Trait("rfc", "1928#4")]
public sealed class Socks5DialerTests
{
    private const string Free = "read 050100; send 0500; ";                                            // no login wanted
    private const string Both = "read 05020200; ";                                                     // with credentials both are on offer
    private const string Login = Both + "send 0502; read 01 03 616E6E 02 7077; ";
    private const string Ask = "read 05010001C00002010019; ";                                          // CONNECT 192.0.2.1:25
    private const string Done = "send 05000001CB007101C350; ";                                         // from 203.0.113.1:50000

    private static readonly TimeSpan Negotiation = TimeSpan.FromSeconds(41);
    private static readonly TimeSpan Request = TimeSpan.FromSeconds(42);
    private static readonly IPEndPoint Server = IPEndPoint.Parse("192.0.2.1:25");
    private static readonly Socks5Credentials Ann = new("ann", "pw");

    public static TheoryData<string, string?> Successes() => new()
    {
        { Free + Ask + Done, "203.0.113.1:50000" },
        { Free + Ask + "drip 05000001CB007101C350; ", "203.0.113.1:50000" },
        { Free + Ask + "send 05000004 20010DB8000000000000000000000001 C350; ", "[2001:db8::1]:50000" },
        { Free + Ask + "send 05000004 00000000000000000000FFFFCB007101 C350; ", "203.0.113.1:50000" },     // a mapped address
        { Free + Ask + "send 050000010000000000 00; ", null },                                             // zeros: the proxy does not tell
        { Free + Ask + "send 05000004 00000000000000000000000000000000 0000; ", null },
        { Free + Ask + "send 05000003 04 70726F78 C350; ", null },                                         // a name is no address
        { Free + Ask + "send 05000003 00 C350; ", null },
        { Free + Ask + "send 05000003 FF " + string.Concat(Enumerable.Repeat("61", 255)) + " C350; ", null },
        { Free + Ask + "send 05 00 7F 01 CB007101C350; ", "203.0.113.1:50000" },                           // the reserved byte says nothing
    };

    [Theory]
    [MemberData(nameof(Successes))]
    public async Task DialAsync_ProxyConnects_ToldWithTheAddressTheServerSees(string script, string? local)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var proxy = ScriptedProxy.Play(script + "relay");
        proxy.Target = peer.EndPoint;

        var connected = Assert.IsType<DialResult.Connected>(await Dialer(proxy).DialAsync(Server, Rig.Stop));
        Assert.Equal((local, Server, "egress"), (connected.Local?.ToString(), connected.Remote, connected.Via));
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(connected.Stream, Rig.Clear, cancellationToken: Rig.Stop));
        await opened.Session.CloseAsync(Rig.Stop);

        Assert.Empty(proxy.Surprises);
        Assert.Equal(["EHLO client.test", "QUIT"], (await peer.WaitForEndAsync(1, Rig.Stop)).Commands);
    }

    [Fact]
    [Trait("rfc", "1929#2")]
    public async Task DialAsync_ProxyWantsALogin_LogsIn()
    {
        await using var proxy = ScriptedProxy.Play(Login + "send 0100; " + Ask + Done);
        await ConnectAsync(Dialer(proxy, Ann));
        Assert.Empty(proxy.Surprises);
    }

    [Fact]
    public async Task DialAsync_ProxyWantsNoLogin_NothingIsToldToIt()
    {
        await using var proxy = ScriptedProxy.Play(Both + "send 0500; " + Ask + Done);
        await ConnectAsync(Dialer(proxy, Ann));
        Assert.Empty(proxy.Surprises);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [Trait("rfc", "1929#2")]
    public async Task DialAsync_ShortestAndLongestLogin_SentWhole(int length)
    {
        var (name, password) = (new string('n', length), new string('p', length));
        var hex = $"01 {length:X2} {string.Concat(Enumerable.Repeat("6E", length))} {length:X2} {string.Concat(Enumerable.Repeat("70", length))}";
        await using var proxy = ScriptedProxy.Play(Both + $"send 0502; read {hex}; send 0100; " + Ask + Done);
        await ConnectAsync(Dialer(proxy, new Socks5Credentials(name, password)));
        Assert.Empty(proxy.Surprises);
    }

    [Theory]
    [InlineData("2001:db8::9", "04 20010DB8000000000000000000000009 0019")]
    [InlineData("::ffff:192.0.2.9", "01 C0000209 0019")]
    public async Task DialAsync_OtherAddresses_AskedForInTheirFamily(string address, string request)
    {
        await using var proxy = ScriptedProxy.Play(Free + $"read 050100{request}; " + Done);
        await ConnectAsync(Dialer(proxy), new IPEndPoint(IPAddress.Parse(address), 25));
        Assert.Empty(proxy.Surprises);
    }

    [Fact]
    [Trait("rfc", "1928#5")]
    public async Task DialAsync_ByName_TheProxyIsGivenTheName()
    {
        await using var proxy = ScriptedProxy.Play(Free + "read 050100 03 07 6D782E74657374 024B; " + Done);

        var connected = Assert.IsType<DialResult.Connected>(await Dialer(proxy).DialNameAsync(Rig.Host, 587, Rig.Stop));
        await connected.Stream.DisposeAsync();

        Assert.Equal(new DnsEndPoint("mx.test", 587), connected.Remote);
        Assert.Empty(proxy.Surprises);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task DialAsync_ProxyOfEitherFamily_Reached(string address)
    {
        await using var proxy = ScriptedProxy.PlayAt(IPAddress.Parse(address), Free + Ask + Done);
        await ConnectAsync(Dialer(proxy));
    }

    [Fact]
    public async Task DialAsync_ProxyByName_LookedUpByTheSystem()
    {
        await using var proxy = ScriptedProxy.Play(Free + Ask + Done);
        await ConnectAsync(new Socks5Dialer(new Socks5DialerOptions { Name = "egress", Proxy = new DnsEndPoint("localhost", proxy.EndPoint.Port) }));
    }

    [Fact]
    public async Task DialAsync_ProxyNameUnknown_ProxyUnreachable()
    {
        var dialer = new Socks5Dialer(new Socks5DialerOptions { Name = "egress", Proxy = new DnsEndPoint("proxy.invalid", 1080) });
        var failed = Assert.IsType<DialResult.Failed>(await dialer.DialAsync(Server, Rig.Stop));
        Assert.Equal((DialFailure.ProxyUnreachable, "egress"), (failed.Reason, failed.Via));
    }

    [Fact]
    public async Task DialAsync_NobodyAtTheProxy_ProxyUnreachable()
    {
        await using var gone = ScriptedProxy.Play("close");
        await gone.DisposeAsync();

        var failed = Assert.IsType<DialResult.Failed>(await Dialer(gone).DialAsync(Server, Rig.Stop));

        Assert.Equal((DialFailure.ProxyUnreachable, DialBlame.Proxy), (failed.Reason, failed.Reason.Blame()));
        Assert.StartsWith("through egress: no connection to the proxy: ", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DialAsync_SourceAddressThisHostDoesNotHave_TheProxyIsNotLeftOut()
    {
        await using var proxy = ScriptedProxy.Play("close");
        var toProxy = new TcpDialer(new TcpDialerOptions { SourceAddressV4 = IPAddress.Parse("192.0.2.77") });
        var pool = new ProxyPool([new ProxyPoolMember(new Socks5Dialer(new Socks5DialerOptions { Name = "egress", Proxy = proxy.EndPoint }, toProxy))]);

        var failed = Assert.IsType<DialResult.Failed>(await pool.DialAsync(Server, Rig.Stop));

        Assert.Equal((DialFailure.Other, DialBlame.Self, "egress"), (failed.Reason, failed.Reason.Blame(), failed.Via));
        Assert.Equal((ProxyState.Healthy, 0, 0), (pool.Status[0].State, pool.Status[0].ProxyFailures, pool.Status[0].TargetFailures));
    }

    public static TheoryData<string, DialFailure> Failures() => new()
    {
        // methods
        { "close", DialFailure.ProxyClosed },
        { "read 050100; reset", DialFailure.ProxyClosed },
        { "read 050100; close", DialFailure.ProxyClosed },
        { "read 050100; send 05; close", DialFailure.ProxyClosed },
        { "read 050100; send 05FF", DialFailure.ProxyNoMethod },
        { "read 050100; send 05FF; reset", DialFailure.ProxyNoMethod },
        { "read 050100; send 0400", DialFailure.ProxyProtocol },
        { "read 050100; send 0000", DialFailure.ProxyProtocol },
        { "read 050100; send 0501", DialFailure.ProxyProtocol },                        // GSSAPI, unasked
        { "read 050100; send 0502", DialFailure.ProxyProtocol },                        // name and password, and we have none
        { "read 050100; send 0580", DialFailure.ProxyProtocol },
        { "read 050100; send 485454502F312E31203430300D0A", DialFailure.ProxyProtocol },    // HTTP/1.1 400
        { "read 050100; send 323230206D782E746573740D0A", DialFailure.ProxyProtocol },      // 220 mx.test: no proxy at all
        // request
        { Free + Ask + "close", DialFailure.ProxyNoReply },
        { Free + Ask + "reset", DialFailure.ProxyNoReply },
        { Free + Ask + "send 05; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 0500; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 05000001; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 05000001CB007101C3; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 05000003; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 05000003FF6161; close", DialFailure.ProxyNoReply },            // a name shorter than told
        { Free + Ask + "send 0500000420; close", DialFailure.ProxyNoReply },
        { Free + Ask + "send 04000001CB007101C350", DialFailure.ProxyProtocol },
        { Free + Ask + "send 05000002CB007101C350", DialFailure.ProxyProtocol },            // no such address type
        { Free + Ask + "send 05000000CB007101C350", DialFailure.ProxyProtocol },
        { Free + Ask + "send 0501000100000000 0000", DialFailure.ProxyFailed },
        { Free + Ask + "send 0502000100000000 0000", DialFailure.ProxyRuleset },
        { Free + Ask + "send 0503000100000000 0000", DialFailure.ProxyNetworkUnreachable },
        { Free + Ask + "send 0504000100000000 0000", DialFailure.ProxyHostUnreachable },
        { Free + Ask + "send 0505000100000000 0000", DialFailure.ProxyConnectionRefused },
        { Free + Ask + "send 0506000100000000 0000", DialFailure.ProxyTtlExpired },
        { Free + Ask + "send 0507000100000000 0000", DialFailure.ProxyCommand },
        { Free + Ask + "send 0508000100000000 0000", DialFailure.ProxyAddressType },
        { Free + Ask + "send 0509000100000000 0000", DialFailure.ProxyUnassigned },
        { Free + Ask + "send 05FF000100000000 0000", DialFailure.ProxyUnassigned },
        { Free + Ask + "send 0505; close", DialFailure.ProxyConnectionRefused },            // the reason came, and no more
        { Free + Ask + "drip 0505000100000000 0000", DialFailure.ProxyConnectionRefused },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("rfc", "1928#6")]
    public async Task DialAsync_ProxyFails_EachWithItsReason(string script, DialFailure reason)
    {
        await using var proxy = ScriptedProxy.Play(script);

        var failed = Assert.IsType<DialResult.Failed>(await Dialer(proxy).DialAsync(Server, Rig.Stop));

        Assert.Equal((reason, "egress"), (failed.Reason, failed.Via));
        Assert.StartsWith("through egress: ", failed.Detail, StringComparison.Ordinal);
        await Rig.UntilAsync(() => proxy.Open == 0);            // no connection is left behind
    }

    public static TheoryData<string, DialFailure> LoginFailures() => new()
    {
        { Both + "send 05FF", DialFailure.ProxyNoMethod },
        { Both + "send 0501", DialFailure.ProxyProtocol },
        { Login + "close", DialFailure.ProxyClosed },
        { Login + "reset", DialFailure.ProxyClosed },
        { Login + "send 01; close", DialFailure.ProxyClosed },
        { Login + "send 0101", DialFailure.ProxyLoginRefused },
        { Login + "send 01FF", DialFailure.ProxyLoginRefused },
        { Login + "send 0500", DialFailure.ProxyProtocol },         // the version is that of the login, not of SOCKS
        { Login + "send 0100; close", DialFailure.ProxyNoReply },
    };

    [Theory]
    [MemberData(nameof(LoginFailures))]
    [Trait("rfc", "1929#2")]
    public async Task DialAsync_LoginFails_EachWithItsReasonAndNoSecret(string script, DialFailure reason)
    {
        await using var proxy = ScriptedProxy.Play(script);
        var log = new ListLogger<Socks5Dialer>();

        var failed = Assert.IsType<DialResult.Failed>(await Dialer(proxy, new Socks5Credentials("ann", "pw"), log: log).DialAsync(Server, Rig.Stop));

        Assert.Equal(reason, failed.Reason);
        Assert.DoesNotContain("pw", failed.ToString() + string.Concat(log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("ann", failed.ToString() + string.Concat(log.Lines), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Stalls() => new()
    {
        { "stall", "ProxyTimeout" },
        { "read 050100; stall", "ProxyTimeout" },
        { "read 050100; send 05; stall", "ProxyTimeout" },
        { Free + "stall", "ProxyRequestTimeout" },
        { Free + Ask + "stall", "ProxyRequestTimeout" },
        { Free + Ask + "send 0500; stall", "ProxyRequestTimeout" },
        { Free + Ask + "send 05000003FF61; stall", "ProxyRequestTimeout" },
    };

    [Theory]
    [MemberData(nameof(Stalls))]
    public async Task DialAsync_ProxyStalls_TimeoutByTheClock(string script, string reason)
    {
        await using var proxy = ScriptedProxy.Play(script);
        var clock = new StageClock();
        var dialing = Dialer(proxy, time: clock).DialAsync(Server, Rig.Stop).AsTask();
        var limit = reason == "ProxyTimeout" ? Negotiation : Request;
        await Rig.UntilAsync(() => clock.Count(limit) == 1);
        await Task.Delay(50, Rig.Stop);
        Assert.False(dialing.IsCompleted);

        clock.Expire(limit);

        Assert.Equal(reason, Assert.IsType<DialResult.Failed>(await dialing).Reason.ToString());
        await Rig.UntilAsync(() => proxy.Open == 0);
    }

    [Theory]
    [InlineData("stall")]
    [InlineData(Free + "stall")]
    public async Task DialAsync_Cancelled_ThrowsAndCloses(string script)
    {
        await using var proxy = ScriptedProxy.Play(script);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var dialing = Dialer(proxy).DialAsync(Server, cancel.Token).AsTask();
        await Rig.UntilAsync(() => proxy.Accepted == 1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing);
        await Rig.UntilAsync(() => proxy.Open == 0);
    }

    [Fact]
    public async Task DialAsync_ProxyBehindAProxy_BothAreAskedInTurn()
    {
        await using var inner = ScriptedProxy.Play(Free + Ask + Done);
        await using var outer = ScriptedProxy.Play(Free + $"read 05010001 7F000001 {inner.EndPoint.Port:X4}; " + Done + "relay");
        outer.Target = inner.EndPoint;

        await ConnectAsync(new Socks5Dialer(new Socks5DialerOptions { Name = "egress", Proxy = inner.EndPoint }, Dialer(outer)));

        Assert.Empty(inner.Surprises.Concat(outer.Surprises));
    }

    [Property(MaxTest = 200)]
    public void RequestAsync_ReplyCutAnywhere_SameResultAndNothingBeyondIsRead(NonNull<byte[]> bytes, byte type, NonEmptyArray<PositiveInt> sizes)
    {
        var address = bytes.Get;
        byte[] bound = (type % 3) switch
        {
            0 => [1, .. Fill(address, 4)],
            1 => [4, .. Fill(address, 16)],
            _ => [3, (byte)Math.Min(address.Length, 255), .. address.Take(255)],
        };
        byte[] reply = [5, 0, 0, .. bound, 0xc3, 0x50];
        var (whole, wholeRest) = Negotiate(reply, [int.MaxValue]);
        var (cut, cutRest) = Negotiate(reply, [.. sizes.Get.Select(size => size.Get)]);

        Assert.Equal(whole, cut);
        Assert.Equal("220 hello", wholeRest);
        Assert.Equal("220 hello", cutRest);
    }

    [Property(MaxTest = 500)]
    public void RequestAsync_AnyBytes_AFaultOrAnEndOrAnAddress(NonNull<byte[]> bytes)
    {
        var negotiation = new Socks5Negotiation(new LinkStream(new MemoryStream(bytes.Get), new MemoryStream()), null);
        var exception = Record.Exception(() => negotiation.RequestAsync(default, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.True(exception is null or EndOfStreamException);
    }

    [Fact]
    public void Constructor_Misuse_Throws()
    {
        static void Throws(Action<Socks5DialerOptions> set)
        {
            var options = new Socks5DialerOptions { Proxy = new IPEndPoint(IPAddress.Loopback, 1080) };
            set(options);
            Assert.ThrowsAny<ArgumentException>(() => new Socks5Dialer(options));
        }

        Throws(options => options.Proxy = null);
        Throws(options => options.Proxy = new IPEndPoint(IPAddress.Loopback, 0));
        Throws(options => options.Name = " ");
        Throws(options => options.NegotiationTimeout = TimeSpan.Zero);
        Throws(options => options.RequestTimeout = Timeout.InfiniteTimeSpan);
    }

    [Fact]
    [Trait("rfc", "1929#2")]
    public void Credentials_NotOneTo255Bytes_ThrowsWithoutTheText()
    {
        var secret = new string('s', 254) + "é";            // 256 bytes
        foreach (var wrong in new[] { "", "\ud800", "\udc00", secret })
        {
            Assert.DoesNotContain("sss", Assert.Throws<ArgumentException>(() => new Socks5Credentials(wrong, "p")).ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("sss", Assert.Throws<ArgumentException>(() => new Socks5Credentials("n", wrong)).ToString(), StringComparison.Ordinal);
        }
        Assert.Equal("a name and a password", new Socks5Credentials("ann", "pw").ToString());
    }

    [Theory]
    [InlineData("ann", "pw", true)]
    [InlineData("ann", "pW", false)]
    [InlineData("Ann", "pw", false)]
    [InlineData("an", "npw", false)]
    public void Credentials_Compared_EqualByNameAndPassword(string name, string password, bool equal)
    {
        var other = new Socks5Credentials(name, password);
        Assert.Equal(equal, Ann.Equals(other));
        Assert.Equal(equal, Ann.Equals((object)other));
        Assert.True(!equal || Ann.GetHashCode() == other.GetHashCode());
        Assert.False(Ann.Equals(null));
    }

    private static Socks5Dialer Dialer(ScriptedProxy proxy, Socks5Credentials? credentials = null, TimeProvider? time = null, ListLogger<Socks5Dialer>? log = null) => new(
        new Socks5DialerOptions { Name = "egress", Proxy = proxy.EndPoint, Credentials = credentials, NegotiationTimeout = Negotiation, RequestTimeout = Request },
        new TcpDialer(), time, log);

    private static async Task ConnectAsync(Socks5Dialer dialer, IPEndPoint? server = null)
    {
        var connected = Assert.IsType<DialResult.Connected>(await dialer.DialAsync(server ?? Server, Rig.Stop));
        await connected.Stream.DisposeAsync();
    }

    private static byte[] Fill(byte[] bytes, int length) => [.. bytes.Concat(new byte[length]).Take(length)];

    private static (string Result, string Beyond) Negotiate(byte[] reply, IReadOnlyList<int> sizes)
    {
        var input = new MemoryStream([.. reply, .. "220 hello"u8]);
        var stream = new LinkStream(input, new MemoryStream()) { Segments = sizes };
        var negotiation = new Socks5Negotiation(stream, null);
        negotiation.RequestAsync(default, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var rest = new MemoryStream();
        stream.CopyToAsync(rest).GetAwaiter().GetResult();
        return ($"{negotiation.Fault} {negotiation.Bound}", System.Text.Encoding.ASCII.GetString(rest.ToArray()));
    }
}
