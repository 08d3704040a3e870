using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing.Tests.Dns;

/// <summary>Compressed names (RFC 1035 §4.1.4), read by a reader of the test's own.</summary>
public sealed class NameCompressionTests
{
    private const int ToQuestion = 0xC00C;

    [Fact, Trait("rfc", "1035#4.1.4")]
    public async Task Answer_Mx_PointsToQuestionAndToEarlierNames()
    {
        await using var server = new LoopbackDnsServer().AddMx("example.com", 10, "mx.example.com").AddMx("example.com", 20, "a.mx.example.com");

        var message = await AskAsync(server.EndPoint, "example.com", DnsRecordType.Mx);

        var firstHost = Header + "\u0007example\u0003com\0"u8.Length + 4 + 2 + 10 + 2;
        Assert.Equal(
        [
            .. Record(ToQuestion, DnsRecordType.Mx, [0, 10, 2, (byte)'m', (byte)'x', 0xC0, 0x0C]),
            .. Record(ToQuestion, DnsRecordType.Mx, [0, 20, 1, (byte)'a', 0xC0, (byte)firstHost]),
        ], message.AsSpan(firstHost - 14, 2 * 12 + 7 + 6).ToArray());
    }

    [Theory]
    [InlineData(DnsRecordType.Mx, "z.test", "10 a.z.test")]
    [InlineData(DnsRecordType.Ns, "z.test", "")]
    [InlineData(DnsRecordType.Soa, "z.test", "")]
    [InlineData(DnsRecordType.Cname, "c.z.test", "a.z.test")]
    [InlineData(DnsRecordType.Ptr, "p.z.test", "a.z.test")]
    public async Task Answer_TypesOfOld_SameRecordsShorter(DnsRecordType type, string owner, string text)
    {
        await using var server = new SignedDnsServer();
        var zone = server.AddZone("z.test");
        if (text.Length > 0)
            zone.Add(owner, type, text);
        var compressed = await AskAsync(server.EndPoint, owner, type);
        server.Compression = DnsNameCompression.None;
        var whole = await AskAsync(server.EndPoint, owner, type);

        // Signatures are made anew, perhaps a second later, and compared without their times and the octets that no two of them share.
        Assert.Equal(Read(whole).Select(Unsigned), Read(compressed).Select(Unsigned));
        Assert.True(compressed.Length < whole.Length - (2 * 6), "the owners and the name in the data");
    }

    [Theory, Trait("rfc", "4034#3.1.7"), Trait("rfc", "4034#4.1.1"), Trait("rfc", "6672#2.5")]
    [InlineData(DnsRecordType.Srv, "s.z.test", "1 2 25 a.z.test")]
    [InlineData(DnsRecordType.Dname, "d.z.test", "a.z.test")]
    [InlineData(DnsRecordType.Txt, "t.z.test", "a.z.test")]
    [InlineData(DnsRecordType.Nsec, "nosuch.z.test", "")]
    public async Task Answer_NewerTypes_DataAsItIs(DnsRecordType type, string owner, string text)
    {
        await using var server = new SignedDnsServer();
        var zone = server.AddZone("z.test").Add("a.z.test", DnsRecordType.A, "192.0.2.1");
        if (text.Length > 0)
            zone.Add(owner, type, text);

        var message = await AskAsync(server.EndPoint, owner, text.Length > 0 ? type : DnsRecordType.A);

        var known = server.Answer(owner, text.Length > 0 ? type : DnsRecordType.A);
        var records = Read(message, names: false).Where(record => record.Type == type).ToArray();
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Contains(known.Answers.Concat(known.Authority), one => one.Type == type && Convert.ToHexString(one.Data.Span) == record.Data));
        Assert.All(Read(message, names: false).Where(static record => record.Type == DnsRecordType.Rrsig), static record => Assert.Contains("017A047465737400", record.Data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_OtherCase_KeepsTheCaseOfItsNames()
    {
        await using var server = new SignedDnsServer();
        server.AddZone("z.test").Add("c.z.test", DnsRecordType.Cname, "a.z.test").Add("a.z.test", DnsRecordType.A, "192.0.2.1");
        server.DepartAlways(new SignedAnswerFault.OtherCase());

        var message = await AskAsync(server.EndPoint, "c.z.test", DnsRecordType.A);

        Assert.Equal(["C.Z.TEST", "C.Z.TEST", "A.Z.TEST", "A.Z.TEST"], Read(message).Take(4).Select(static record => record.Owner));
    }

    [Fact]
    public async Task Answer_LongerThanAPointerReaches_StillRead()
    {
        await using var server = new LoopbackDnsServer();
        for (var number = 0; number < 700; number++)
            server.AddMx("example.com", (ushort)number, $"host-{number:D4}.some-rather-long-label.zone-{number:D4}.example");
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [server.EndPoint] });

        var answer = Assert.IsType<DnsAnswer<MxRecord>.Found>(await resolver.GetMxAsync(DomainName.Parse("example.com"), TestContext.Current.CancellationToken));

        Assert.Equal(Enumerable.Range(0, 700).Select(static number => $"{number} host-{number:D4}.some-rather-long-label.zone-{number:D4}.example"),
            answer.Records.OrderBy(static record => record.Preference).Select(static record => $"{record.Preference} {record.Exchange}"));
    }

    [Theory]
    [InlineData(DnsRecordType.Cname, "")]
    [InlineData(DnsRecordType.Cname, "40")]
    [InlineData(DnsRecordType.Cname, "0161")]
    [InlineData(DnsRecordType.Mx, "00")]
    [InlineData(DnsRecordType.Soa, "0161000162")]
    [InlineData(DnsRecordType.Ns, "C00C")]
    public async Task Answer_DataWithoutTheNamesItShouldHold_AsItIs(DnsRecordType type, string data)
    {
        await using var server = new SignedDnsServer();
        server.AddZone("z.test");
        server.Depart("a.z.test", type, new SignedAnswerFault.Rewritten(_ => new(0, [new("a.z.test", type, TimeSpan.FromMinutes(1), Convert.FromHexString(data))], [])));

        Assert.Equal([data], Read(await AskAsync(server.EndPoint, "a.z.test", type), names: false).Select(static record => record.Data));
    }

    [Property(MaxTest = 300)]
    public Property Write_AnyNames_ReadAsTheyWere()
    {
        var label = Gen.Elements("a", "b", "A", "example", "com", "xn--p1ai", new string('l', 63));
        var name = label.ListOf(3).Or(label.ListOf(1)).Or(label.ListOf(2)).Select(static labels => string.Join('.', labels));
        var record = name.Zip(name).Zip(Gen.Elements(DnsRecordType.Mx, DnsRecordType.Cname, DnsRecordType.Soa, DnsRecordType.Srv));
        return Prop.ForAll(record.ListOf().ToArbitrary(), static records =>
        {
            var (compressed, whole) = (new DnsMessageWriter(DnsNameCompression.Usual), new DnsMessageWriter(DnsNameCompression.None));
            foreach (var writer in new[] { compressed, whole })
            {
                foreach (var word in new[] { 1, 0x8000, 1, records.Count, 0, 0 })
                    writer.Word(word);
                writer.Question([.. Wire("b.example.com"), 0, 1, 0, 1]);
                foreach (var ((owner, target), type) in records)
                    writer.Record(Wire(owner), type, TimeSpan.FromSeconds(1), Data(type, target));
            }
            Assert.Equal(Read(whole.ToArray()), Read(compressed.ToArray()));
            Assert.True(compressed.ToArray().Length <= whole.ToArray().Length);
        });
    }

    private const int Header = 12;

    private static byte[] Data(DnsRecordType type, string name) => type switch
    {
        DnsRecordType.Mx => [0, 5, .. Wire(name)],
        DnsRecordType.Srv => [0, 5, 0, 5, 0, 25, .. Wire(name)],
        DnsRecordType.Soa => [.. Wire(name), .. Wire("root." + name), .. new byte[20]],
        _ => Wire(name),
    };

    private static byte[] Record(int owner, DnsRecordType type, byte[] data) => [(byte)(owner >> 8), (byte)owner, 0, (byte)type, 0, 1, 0, 0, 1, 44, 0, (byte)data.Length, .. data];

    private static byte[] Wire(string name) => [.. name.Split('.').SelectMany(static label => Encoding.Latin1.GetBytes(label).Prepend((byte)label.Length)), 0];

    private static (string Owner, DnsRecordType Type, string Data) Unsigned((string Owner, DnsRecordType Type, string Data) record) =>
        record.Type == DnsRecordType.Rrsig ? record with { Data = record.Data[..16] + record.Data[32..36] } : record;

    // Owner, type and data, the names in the data read where names may be compressed.
    private static List<(string Owner, DnsRecordType Type, string Data)> Read(byte[] message, bool names = true)
    {
        var (at, records) = (Header, new List<(string, DnsRecordType, string)>());
        _ = ReadName(message, ref at);
        at += 4;
        for (var left = Word(message, 6) + Word(message, 8); left > 0; left--)
        {
            var owner = ReadName(message, ref at);
            var (type, end) = ((DnsRecordType)Word(message, at), at + 10 + Word(message, at + 8));
            at += 10;
            var data = new StringBuilder();
            if (names && type is DnsRecordType.Mx)
                data.Append(Word(message, (at += 2) - 2)).Append(' ');
            for (var count = !names ? 0 : type is DnsRecordType.Soa ? 2 : type is DnsRecordType.Mx or DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr ? 1 : 0; count > 0; count--)
                data.Append(ReadName(message, ref at)).Append(' ');
            records.Add((owner, type, data.Append(Convert.ToHexString(message[at..end])).ToString()));
            at = end;
        }
        return records;
    }

    private static string ReadName(byte[] message, ref int at)
    {
        var labels = new List<string>();
        for (var (here, jumped) = (at, false); ;)
        {
            if (message[here] >= 0xC0)
            {
                var target = Word(message, here) & 0x3FFF;
                Assert.True(target < here, "pointers lead back");
                (at, here, jumped) = (jumped ? at : here + 2, target, true);
                continue;
            }
            if (message[here] == 0)
            {
                at = jumped ? at : here + 1;
                return string.Join('.', labels);
            }
            labels.Add(Encoding.Latin1.GetString(message, here + 1, message[here]));
            here += message[here] + 1;
        }
    }

    private static int Word(byte[] message, int at) => message[at] << 8 | message[at + 1];

    private static async Task<byte[]> AskAsync(System.Net.IPEndPoint server, string name, DnsRecordType type)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        byte[] query = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. Wire(name), 0, (byte)type, 0, 1, 0, 0, 41, 16, 0, 0, 0, 0x80, 0, 0, 0];
        await stream.WriteAsync((byte[])[0, (byte)query.Length, .. query], TestContext.Current.CancellationToken);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, TestContext.Current.CancellationToken);
        var message = new byte[Word(length, 0)];
        await stream.ReadExactlyAsync(message, TestContext.Current.CancellationToken);
        return message;
    }
}
