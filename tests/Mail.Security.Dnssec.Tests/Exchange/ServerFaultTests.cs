using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Exchange;

/// <summary>What servers do wrong, seen through the whole resolver.</summary>
public sealed class ServerFaultTests : ResolverTest
{
    private const string Host = "mx.example.com";

    public static TheoryData<DnsServerFault, DnsFailure> Answers => new()
    {
        { new DnsServerFault.ResponseCode(1), DnsFailure.Malformed },
        { new DnsServerFault.ResponseCode(2), DnsFailure.ServerFailure },
        { new DnsServerFault.ResponseCode(2, new ExtendedDnsError(22, "No Reachable Authority")), DnsFailure.ServerFailure },
        { new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "signature expired")), DnsFailure.Bogus },
        { new DnsServerFault.ResponseCode(2, new ExtendedDnsError(22, ""), new ExtendedDnsError(9, "no DNSKEY")), DnsFailure.Bogus },
        { new DnsServerFault.ResponseCode(4), DnsFailure.NotImplemented },
        { new DnsServerFault.ResponseCode(5, new ExtendedDnsError(18, "")), DnsFailure.Refused },
        { new DnsServerFault.ResponseCode(9), DnsFailure.ServerFailure },
        { new DnsServerFault.ResponseCode(16), DnsFailure.ServerFailure },          // BADVERS, half of it in OPT
        { new DnsServerFault.Garbage(), DnsFailure.Malformed },
        { new DnsServerFault.TruncatedAlways(), DnsFailure.Malformed },
    };

    [Theory]
    [Trait("rfc", "8914#2")]
    [MemberData(nameof(Answers))]
    public async Task Get_WrongAnswer_IsItsFailure_NeverAnAbsence(DnsServerFault fault, DnsFailure reason)
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, fault);
        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await Resolver().GetAAsync(Name(Host), Ct));

        Assert.Equal(reason, failed.Reason);
        if (fault is DnsServerFault.ResponseCode { Errors: { Length: > 0 } errors })
            Assert.Equal(errors.FirstOrDefault(error => error.IsDnssecFailure) ?? errors[0], failed.Error);
        Assert.Contains($"{Host} A: {Server.EndPoint}", failed.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Detail);
    }

    public static TheoryData<DnsServerFault> Strange => [new DnsServerFault.WrongId(), new DnsServerFault.WrongName(), new DnsServerFault.WrongType(), new DnsServerFault.WrongClass()];

    [Theory]
    [Trait("rfc", "1035#7.3")]
    [MemberData(nameof(Strange))]
    public async Task Get_AnswerToAnotherQuestion_IsMismatched(DnsServerFault fault)
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, fault);
        var resolver = LiveResolver(options => (options.QueryTimeout, options.Attempts) = (TimeSpan.FromMilliseconds(400), 1));
        Assert.Equal(DnsFailure.Mismatched, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(Host), Ct)).Reason);
    }

    [Theory]
    [MemberData(nameof(Strange))]
    public async Task Get_AnswerToAnotherQuestionOverTcp_IsMismatchedAtOnce(DnsServerFault fault)
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.Only(DnsTransport.Tcp, fault));
        Assert.Equal(DnsFailure.Mismatched, Failed(await Resolver().GetAAsync(Name(Host), Ct)).Reason);
    }

    [Theory]
    [Trait("rfc", "7766#5")]
    [InlineData(0, DnsSecurity.Secure)]
    [InlineData(3000, DnsSecurity.Secure)]
    [InlineData(3000, DnsSecurity.Insecure)]
    public async Task Get_TruncatedOverUdp_IsAskedAgainOverTcp(int length, DnsSecurity security)
    {
        Server.AddTxt(Host, new string('x', length), security);
        if (length == 0)
            Server.Misbehave(Host, DnsRecordType.Txt, new DnsServerFault.TruncatedOverUdp());

        var found = Assert.IsType<DnsAnswer<string>.Found>(await Resolver().GetTxtAsync(Name(Host), Ct));

        Assert.Equal((length, security), (Assert.Single(found.Records).Length, found.Security));
        Assert.Equal([DnsTransport.Udp, DnsTransport.Tcp], Server.Queries.Select(query => query.Transport));
    }

    [Fact]
    public async Task Get_ConnectionBrokenInTheAnswer_IsNetwork()
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.BrokenConnection());
        var failed = Failed(await Resolver().GetAAsync(Name(Host), Ct));
        Assert.Equal(DnsFailure.Network, failed.Reason);
        Assert.Contains("(TCP): the connection ended within an answer", failed.Detail, StringComparison.Ordinal);
        Assert.Equal(4, Server.CountOf(Host, DnsRecordType.A));           // both transports, two attempts
    }

    [Fact]
    public async Task Get_SilentServer_IsATimeoutAfterEveryAttempt()
    {
        Server.Misbehave(Host, DnsRecordType.A, new DnsServerFault.Silence());
        var lookup = Resolver(options => (options.QueryTimeout, options.Attempts) = (TimeSpan.FromSeconds(5), 2)).GetAAsync(Name(Host), Ct).AsTask();
        await Server.WaitForQueryAsync(Host, DnsRecordType.A, 1, Ct);
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, Server.CountOf(Host, DnsRecordType.A));
        Time.Advance(TimeSpan.FromSeconds(0.1));
        await Server.WaitForQueryAsync(Host, DnsRecordType.A, 2, Ct);
        Time.Advance(TimeSpan.FromSeconds(5));

        var failed = Failed(await lookup);
        Assert.Equal(DnsFailure.Timeout, failed.Reason);
        Assert.Contains("no answer within 5 s", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SilentOverTcp_IsATimeoutOfItsOwn()
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.Only(DnsTransport.Tcp, new DnsServerFault.Silence()));
        var lookup = Resolver(options => options.Attempts = 1).GetAAsync(Name(Host), Ct).AsTask();
        await Server.WaitForQueryAsync(Host, DnsRecordType.A, 2, Ct);
        Time.Advance(TimeSpan.FromSeconds(5));
        var failed = Failed(await lookup);
        Assert.Equal(DnsFailure.Timeout, failed.Reason);
        Assert.Contains("(TCP): no answer within 5 s", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_EmptyMessageOverTcp_IsMismatched()
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, new DnsServerFault.TruncatedOverUdp(), new DnsServerFault.Only(DnsTransport.Tcp, new DnsServerFault.Rewritten(_ => [])));
        Assert.Equal(DnsFailure.Mismatched, Failed(await Resolver().GetAAsync(Name(Host), Ct)).Reason);
    }

    [Fact]
    public async Task Get_ServerOnIpv6Loopback_IsTrustedAndAnswers()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        await using var server = new LoopbackDnsServer(new IPEndPoint(IPAddress.IPv6Loopback, 0)).AddTxt(Host, new string('x', 2000));
        var found = Assert.IsType<DnsAnswer<string>.Found>(await Resolver(options => options.Servers = [server.EndPoint]).GetTxtAsync(Name(Host), Ct));
        Assert.Equal(DnsSecurity.Secure, found.Security);
    }

    [Fact]
    public async Task Get_LookupTimeoutOver_IsATimeout_WhateverTheServersMayTake()
    {
        Server.Misbehave(Host, DnsRecordType.A, new DnsServerFault.Silence());
        var lookup = Resolver(options => (options.QueryTimeout, options.LookupTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(3))).GetAAsync(Name(Host), Ct).AsTask();
        await Server.WaitForQueryAsync(Host, DnsRecordType.A, 1, Ct);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(DnsFailure.Timeout, Failed(await lookup).Reason);
    }

    [Fact]
    public async Task Get_NobodyListens_IsNetwork() =>
        Assert.Equal(DnsFailure.Network, Failed(await Resolver(options => options.Servers = [Deaf()]).GetAAsync(Name(Host), Ct)).Reason);

    public static TheoryData<DnsServerFault> Passable =>
    [
        new DnsServerFault.ResponseCode(1), new DnsServerFault.ResponseCode(2), new DnsServerFault.ResponseCode(4), new DnsServerFault.ResponseCode(5),
        new DnsServerFault.Garbage(), new DnsServerFault.TruncatedAlways(), new DnsServerFault.Rewritten(Referral),
    ];

    // The header and the question of an answer, then name servers instead of records: from a server that does not recurse.
    private static byte[] Referral(byte[] answer)
    {
        var question = answer.AsSpan(DnsMessage.HeaderLength, Host.Length + 6);
        return [.. answer[..4], 0, 1, 0, 0, 0, 1, 0, 0, .. question, 3, (byte)'c', (byte)'o', (byte)'m', 0, 0, 2, 0, 1, 0, 0, 0, 60, 0, 2, 0xC0, 12];
    }

    [Fact]
    [Trait("rfc", "2308#2.2")]
    public async Task Get_Referral_IsAServerFailure_NeverAnAbsence()
    {
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, new DnsServerFault.Rewritten(Referral));
        var failed = Failed(await Resolver().GetAAsync(Name(Host), Ct));
        Assert.Equal(DnsFailure.ServerFailure, failed.Reason);
        Assert.Contains("a referral: the server does not resolve for us", failed.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Passable))]
    public async Task Get_FirstServerFails_TheNextIsAsked(DnsServerFault fault)
    {
        await using var second = new LoopbackDnsServer().AddAddress(Host, "192.0.2.2");
        Server.AddAddress(Host, "192.0.2.1").Misbehave(Host, DnsRecordType.A, fault);
        var answer = await Resolver(options => options.Servers = [Deaf(), Server.EndPoint, second.EndPoint]).GetAAsync(Name(Host), Ct);
        Assert.Equal("192.0.2.2", Assert.Single(Assert.IsType<DnsAnswer<IPAddress>.Found>(answer).Records).ToString());
    }

    [Fact]
    public async Task Get_FirstServerCallsItBogus_NobodyElseIsAsked()
    {
        await using var second = new LoopbackDnsServer().AddAddress(Host, "192.0.2.2");
        Server.Misbehave(Host, DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "")));
        Assert.Equal(DnsFailure.Bogus, Failed(await Resolver(options => options.Servers = [Server.EndPoint, second.EndPoint]).GetAAsync(Name(Host), Ct)).Reason);
        Assert.Empty(second.Queries);
    }

    [Fact]
    public async Task Get_EveryServerFails_TheMostTellingReason_AndTheDetailOfAll()
    {
        await using var second = new LoopbackDnsServer().Misbehave(Host, DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(23, "upstream")));
        Server.Misbehave(Host, DnsRecordType.A, new DnsServerFault.ResponseCode(5));
        var deaf = Deaf();
        var failed = Failed(await Resolver(options => options.Servers = [deaf, Server.EndPoint, second.EndPoint]).GetAAsync(Name(Host), Ct));

        Assert.Equal((DnsFailure.ServerFailure, new ExtendedDnsError(23, "upstream")), (failed.Reason, failed.Error));
        Assert.Equal($"{Host} A: {deaf} (UDP): ConnectionRefused; {Server.EndPoint} (UDP): REFUSED; {second.EndPoint} (UDP): SERVFAIL, EDE 23 (Network Error): upstream", failed.Detail);
        Assert.Single(second.Queries);          // asking again what was answered would not help
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(32, DnsFailure.Mismatched)]     // more is a flood: given up before the time is over
    public async Task Get_ForeignDatagramsBeforeTheAnswer_AreIgnored(int strangers, DnsFailure? reason)
    {
        using var crowd = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        crowd.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var lookup = Resolver(options => (options.Servers, options.Attempts) = ([(IPEndPoint)crowd.LocalEndPoint!], 1)).GetAAsync(Name(Host), Ct).AsTask();
        var buffer = new byte[512];
        var got = await crowd.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Ct);
        byte[] answer = [.. buffer[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. buffer[12..(got.ReceivedBytes - 11)], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1];
        for (var i = 0; i < strangers; i++)
            await crowd.SendToAsync((byte[])[(byte)(answer[0] ^ (i + 1)), .. answer[1..]], SocketFlags.None, got.RemoteEndPoint, Ct);
        await crowd.SendToAsync(answer, SocketFlags.None, got.RemoteEndPoint, Ct);

        Assert.Equal(reason, (await lookup as DnsAnswer<IPAddress>.Failed)?.Reason);
    }

    [Fact]
    public async Task Get_AnswerFromAnotherAddress_IsNotHeard()
    {
        using var asked = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        asked.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var lookup = Resolver(options => (options.Servers, options.Attempts) = ([(IPEndPoint)asked.LocalEndPoint!], 1)).GetAAsync(Name(Host), Ct).AsTask();
        var buffer = new byte[512];
        var got = await asked.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Ct);
        byte[] Answer(byte last) => [.. buffer[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. buffer[12..(got.ReceivedBytes - 11)], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, last];
        await other.SendToAsync(Answer(66), SocketFlags.None, got.RemoteEndPoint, Ct);
        await asked.SendToAsync(Answer(1), SocketFlags.None, got.RemoteEndPoint, Ct);

        Assert.Equal("192.0.2.1", Assert.Single(Assert.IsType<DnsAnswer<IPAddress>.Found>(await lookup).Records).ToString());
    }

    [Property(MaxTest = 150)]
    public async Task Get_AnyMutationWithoutTheAdBit_NeverThrows_NeverIsSecure(ushort at, byte value, ushort at2, byte value2)
    {
        await using var server = new LoopbackDnsServer()
            .AddAlias("a.example", Host).AddTlsa(Host, "3 1 1 ab12")
            .Misbehave("a.example", DnsRecordType.Tlsa, new DnsServerFault.Rewritten(answer =>
            {
                var id = answer[..2];
                answer[at % answer.Length] = value;
                answer[at2 % answer.Length] = value2;
                answer[3] &= 0xDF;
                return [.. id, .. answer[2..]];
            }));
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [server.EndPoint], Attempts = 1, QueryTimeout = TimeSpan.FromMilliseconds(30), MaxAliases = 1 });
        var security = await resolver.GetTlsaAsync(Name("a.example"), Ct) switch
        {
            DnsAnswer<TlsaRecord>.Found found => found.Security,
            DnsAnswer<TlsaRecord>.Absent absent => absent.Security,
            _ => DnsSecurity.Indeterminate,
        };
        Assert.NotEqual(DnsSecurity.Secure, security);
    }

    private static IPEndPoint Deaf()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static DnsAnswer<IPAddress>.Failed Failed(DnsAnswer<IPAddress> answer) => Assert.IsType<DnsAnswer<IPAddress>.Failed>(answer);
}
