using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsClient;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing.Tests.Dns;

/// <summary>The server seen by a client that is not ours, and octet by octet.</summary>
public sealed class LoopbackDnsServerTests : IAsyncDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly LoopbackDnsServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Answers_EveryType_AreReadByAnotherClient()
    {
        _server.AddMx("example.com", 10, "mx.example.com").AddAddress("mx.example.com", "192.0.2.1").AddAddress("mx.example.com", "2001:db8::1")
            .AddTxt("example.com", new string('x', 300)).AddTlsa("_25._tcp.mx.example.com", "3 1 1 ab12").AddAlias("www.example.com", "mx.example.com");
        var client = Client();

        var mx = Assert.Single((await Query(client, "example.com", QueryType.MX)).Answers.MxRecords());
        Assert.Equal((10, "mx.example.com."), (mx.Preference, mx.Exchange.Value));
        var a = await Query(client, "www.example.com", QueryType.A);
        Assert.Equal("mx.example.com.", Assert.Single(a.Answers.CnameRecords()).CanonicalName.Value);
        Assert.Equal((IPAddress.Parse("192.0.2.1"), 300), Assert.Single(a.Answers.ARecords()) is var record ? (record.Address, record.InitialTimeToLive) : default);
        Assert.Equal(IPAddress.Parse("2001:db8::1"), Assert.Single((await Query(client, "mx.example.com", QueryType.AAAA)).Answers.AaaaRecords()).Address);
        Assert.Equal(["xxx".PadRight(255, 'x'), "xxx".PadRight(45, 'x')], Assert.Single((await Query(client, "example.com", QueryType.TXT)).Answers.TxtRecords()).Text);
        Assert.Equal([0xAB, 0x12], Assert.Single((await Query(client, "_25._tcp.mx.example.com", QueryType.TLSA)).Answers.TlsaRecords()).CertificateAssociationData);
    }

    [Theory]
    [Trait("rfc", "2308#2")]
    [InlineData("none.example.com", DnsHeaderResponseCode.NotExistentDomain)]
    [InlineData("mx.example.com", DnsHeaderResponseCode.NoError)]
    public async Task Denials_HaveTheSoaOfTheirZone(string name, DnsHeaderResponseCode code)
    {
        _server.AddZone("example.com", DnsSecurity.Secure).AddAddress("mx.example.com", "192.0.2.1").NegativeTtl = TimeSpan.FromSeconds(77);
        var answer = await Query(Client(), name, QueryType.TXT);

        Assert.Equal(code, answer.Header.ResponseCode);
        var soa = Assert.Single(answer.Authorities.OfType<DnsClient.Protocol.SoaRecord>());
        Assert.Equal(("example.com.", 77, 77u), (soa.DomainName.Value, soa.InitialTimeToLive, soa.Minimum));
    }

    [Theory]
    [Trait("rfc", "6840#5.8")]
    [InlineData(DnsSecurity.Secure, Ask.Do, true)]
    [InlineData(DnsSecurity.Secure, Ask.Ad, true)]
    [InlineData(DnsSecurity.Secure, Ask.Nothing, false)]
    [InlineData(DnsSecurity.Insecure, Ask.Do, false)]
    [InlineData(DnsSecurity.Indeterminate, Ask.Do, false)]
    public async Task AdBit_OnlyWhereSecureAndAskedFor(DnsSecurity security, Ask ask, bool set)
    {
        _server.AddAddress("mx.example.com", "192.0.2.1", security);
        var answer = await AskAsync("mx.example.com", 1, ask);
        Assert.Equal(set, (answer[3] & 0x20) != 0);
        Assert.Equal(ask == Ask.Do ? 1 : 0, answer[11]);        // OPT answers OPT
    }

    [Fact]
    public async Task AdBit_OfAChain_NeedsEveryRrset()
    {
        _server.AddAlias("www.example.com", "mx.example.com", DnsSecurity.Insecure).AddAddress("mx.example.com", "192.0.2.1", DnsSecurity.Secure);
        Assert.Equal(0, (await AskAsync("www.example.com", 1, Ask.Do))[3] & 0x20);
        _server.Aliases = DnsAliasAnswers.OneAtATime;
        Assert.Equal(1, (await AskAsync("www.example.com", 1, Ask.Do))[7]);
    }

    [Fact]
    [Trait("rfc", "8914#2")]
    public async Task ResponseCode_WithErrors_HasThemAsEdnsOptions()
    {
        _server.Misbehave("bad.example", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "Bogus"), new ExtendedDnsError(22, "")));
        var answer = await AskAsync("bad.example", 1, Ask.Do);

        Assert.Equal((2, 0, 0), (answer[3] & 0xF, answer[7], answer[9]));
        Assert.EndsWith("000F00070006" + Convert.ToHexString("Bogus"u8) + "000F00020016", Convert.ToHexString(answer), StringComparison.Ordinal);
        Assert.Equal(0, (await AskAsync("bad.example", 1, Ask.Nothing))[11]);
    }

    [Fact]
    public async Task Answer_AboveThePayload_IsTruncatedOverUdp_WholeOverTcp()
    {
        _server.AddTxt("big.example", new string('x', 2000));
        var answer = await AskAsync("big.example", 16, Ask.Do);
        Assert.Equal((2, 0), (answer[2] & 2, answer[7]));
        Assert.Equal(2000, Assert.Single((await Query(Client(), "big.example", QueryType.TXT)).Answers.TxtRecords()).Text.Sum(part => part.Length));
        Assert.Equal([DnsTransport.Udp, DnsTransport.Udp, DnsTransport.Tcp], _server.Queries.Select(query => query.Transport));
    }

    public static TheoryData<DnsServerFault, string> Departures => new()
    {
        { new DnsServerFault.WrongId(), "EDCB8180 name 0001 0001" },
        { new DnsServerFault.WrongName(), "12348180 other 0001 0001" },
        { new DnsServerFault.WrongType(), "12348180 name 0041 0001" },
        { new DnsServerFault.WrongClass(), "12348180 name 0001 0003" },
        { new DnsServerFault.TruncatedAlways(), "12348380 name 0001 0001" },
        { new DnsServerFault.TruncatedOverUdp(), "12348380 name 0001 0001" },
        { new DnsServerFault.ResponseCode(5), "12348185 name 0001 0001" },
    };

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task Misbehave_EachFault_ChangesWhatItSays_HealTakesItBack(DnsServerFault fault, string expected)
    {
        var name = Convert.ToHexString(Encoding.ASCII.GetBytes("\u0002mx\u0007example\0"));
        expected = expected.Replace("name", name, StringComparison.Ordinal).Replace("other", "07" + Convert.ToHexString("another"u8) + name, StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        _server.AddAddress("mx.example", "192.0.2.1").Misbehave("mx.example", DnsRecordType.A, fault);

        var answer = Convert.ToHexString(await AskAsync("mx.example", 1, Ask.Nothing));
        Assert.Equal(expected, answer[..8] + answer[24..(24 + expected.Length - 8)]);

        _server.Heal("mx.example", DnsRecordType.A);
        Assert.StartsWith("1234818000010001" + "00000000" + name, Convert.ToHexString(await AskAsync("mx.example", 1, Ask.Nothing)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misbehave_SeveralFaults_AreAppliedInOrder()
    {
        var hold = new TaskCompletionSource();
        _server.AddAddress("mx.example", "192.0.2.1").Misbehave("mx.example", DnsRecordType.A,
            new DnsServerFault.HoldUntil(hold.Task), new DnsServerFault.Delay(TimeSpan.FromMilliseconds(1)), new DnsServerFault.WrongId(), new DnsServerFault.Rewritten(answer => answer[..4]));
        var asked = AskAsync("mx.example", 1, Ask.Nothing);
        await _server.WaitForQueryAsync("mx.example", DnsRecordType.A, 1, Ct);
        Assert.False(asked.IsCompleted);
        hold.SetResult();
        Assert.Equal("EDCB8180", Convert.ToHexString(await asked));
    }

    [Fact]
    public async Task Misbehave_Garbage_KeepsTheQuestionOnly()
    {
        _server.AddAddress("mx.example", "192.0.2.1").Misbehave("mx.example", DnsRecordType.A, new DnsServerFault.Garbage());
        Assert.EndsWith("0001" + string.Concat(Enumerable.Repeat("BF", 40)), Convert.ToHexString(await AskAsync("mx.example", 1, Ask.Do)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misbehave_SilenceAndBrokenConnection_OverTcp()
    {
        _server.AddAddress("cut.example", "192.0.2.1").Misbehave("cut.example", DnsRecordType.A, new DnsServerFault.BrokenConnection())
            .Misbehave("silent.example", DnsRecordType.A, new DnsServerFault.Silence());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.EndPoint, Ct);
        using var stream = new NetworkStream(socket);
        byte[] silent = Query("silent.example", 1, Ask.Nothing), cut = Query("cut.example", 1, Ask.Nothing);
        await stream.WriteAsync((byte[])[0, (byte)silent.Length, .. silent, 0, (byte)cut.Length, .. cut], Ct);

        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Ct);                    // nothing for the first, half of the second, the end
        var octets = all.ToArray();
        Assert.InRange(octets[1], octets.Length - 1, 255);
        Assert.Equal(2, _server.Queries.Count);
    }

    [Fact]
    public async Task Constructor_AddressAndPort_AreKept_AndOnlyLoopback()
    {
        await using var other = new LoopbackDnsServer(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        Assert.Equal("127.0.0.9", other.EndPoint.Address.ToString());
        Assert.NotEqual(0, other.EndPoint.Port);
        Assert.Throws<SocketException>(() => new LoopbackDnsServer(other.EndPoint));
        Assert.Throws<ArgumentException>(() => new LoopbackDnsServer(new IPEndPoint(IPAddress.Any, 0)));
    }

    [Fact]
    public async Task Garbled_Questions_AreDropped_AndTheNextIsAnswered()
    {
        _server.AddAddress("mx.example", "192.0.2.1");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_server.EndPoint, Ct);
        var right = Query("mx.example", 1, Ask.Do);
        for (var length = 0; length < right.Length - 12; length++)
            await socket.SendAsync(right.AsMemory(0, length), SocketFlags.None, Ct);
        Assert.Equal(1, (await AskAsync("mx.example", 1, Ask.Do))[7]);
    }

    public enum Ask
    {
        Nothing,
        Ad,
        Do,
    }

    private static byte[] Query(string name, byte type, Ask ask)
    {
        var labels = name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        byte[] opt = ask == Ask.Do ? [0, 0, 41, 4, 0xD0, 0, 0, 0x80, 0, 0, 0] : [];
        return [0x12, 0x34, 1, (byte)(ask == Ask.Ad ? 0x20 : 0), 0, 1, 0, 0, 0, 0, 0, (byte)(ask == Ask.Do ? 1 : 0), .. labels, 0, 0, type, 0, 1, .. opt];
    }

    private async Task<byte[]> AskAsync(string name, byte type, Ask ask)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_server.EndPoint, Ct);
        await socket.SendAsync(Query(name, type, ask), SocketFlags.None, Ct);
        var buffer = new byte[4096];
        return buffer[..await socket.ReceiveAsync(buffer, SocketFlags.None, Ct)];
    }

    private LookupClient Client() => new(new LookupClientOptions(_server.EndPoint) { UseCache = false, ExtendedDnsBufferSize = 1232, RequestDnsSecRecords = true, Retries = 0 });

    private static Task<IDnsQueryResponse> Query(LookupClient client, string name, QueryType type) => client.QueryAsync(name, type, cancellationToken: Ct);
}
