using DnsClient;
using DnsClient.Protocol;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Dnssec.Tests.Wire;

public sealed class DnsMessageReaderTests
{
    private static readonly Question Asked = new(DomainName.Parse("mx.example.com"), ResourceRecordType.A);

    private static TestMessage Right() => new TestMessage(Asked).Answer("mx.example.com", ResourceRecordType.A, [192, 0, 2, 1]).Opt();

    [Fact]
    public void Read_RightAnswer_GivesItsParts()
    {
        var message = new TestMessage(Asked) { Flags = 0x81A3 }
            .Answer("mx.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 0x8000_0001)
            .Answer("mx.example.com", ResourceRecordType.A, [192, 0, 2, 2], recordClass: 3)
            .Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(7)).Opt().Read();

        Assert.Equal((DnsResponseCode.NotExistentDomain, true, false), (message.Code, message.IsAuthenticData, message.IsTruncated));
        var record = Assert.Single(message.Answers);                            // the other class is not ours
        Assert.Equal((0u, 4), (record.Ttl, record.DataLength));                 // RFC 2181 §8
        Assert.Equal([192, 0, 2, 1], record.Data(message).ToArray());
        Assert.Equal(ResourceRecordType.SOA, Assert.Single(message.Authority).Type);
        Assert.Null(message.Error);
    }

    [Theory]
    [Trait("rfc", "4035#3.2.3")]
    [InlineData(0x81A0, true, true)]
    [InlineData(0x8180, true, false)]
    [InlineData(0x81A0, false, false)]      // a server that only gave our flags back: it does not know EDNS, so it does not know DNSSEC
    [InlineData(0x81B0, true, false)]       // CD, which we never send: nobody may have validated
    public void Read_AdBit_CountsFromAServerThatKnowsDnssec(int flags, bool opt, bool authentic)
    {
        var message = new TestMessage(Asked) { Flags = flags }.Answer("mx.example.com", ResourceRecordType.A, [192, 0, 2, 1]);
        Assert.Equal(authentic, (opt ? message.Opt() : message).Read().IsAuthenticData);
    }

    public static TheoryData<string, byte[]> Strangers => new()
    {
        { "empty", [] },
        { "half a header", Right().ToArray()[..11] },
        { "another identifier", [0, 0, .. Right().ToArray()[2..]] },
        { "a query", new TestMessage(Asked) { Flags = 0x0100 }.ToArray() },
        { "another operation", new TestMessage(Asked) { Flags = 0x8980 }.ToArray() },
        { "no question", new TestMessage(Asked) { Section = [], Questions = 0 }.ToArray() },
        { "no question, no such name", new TestMessage(Asked) { Section = [], Questions = 0, Flags = 0x8183 }.ToArray() },
        { "two questions", new TestMessage(Asked) { Questions = 2 }.ToArray() },
        { "another name", new TestMessage(Asked) { Section = [.. TestMessage.Name("mx.example.org"), 0, 1, 0, 1] }.ToArray() },
        { "another type", new TestMessage(Asked) { Section = [.. TestMessage.Name("mx.example.com"), 0, 28, 0, 1] }.ToArray() },
        { "another class", new TestMessage(Asked) { Section = [.. TestMessage.Name("mx.example.com"), 0, 1, 0, 3] }.ToArray() },
        { "half a question", new TestMessage(Asked) { Section = [2, (byte)'m'] }.ToArray() },
    };

    [Theory]
    [Trait("rfc", "1035#7.3")]
    [MemberData(nameof(Strangers))]
    public void Read_AnswerToAnotherQuestion_IsMismatched(string what, byte[] wire)
    {
        Assert.NotEmpty(what);
        Assert.Equal(MessageFault.Mismatched, DnsMessageReader.Read(wire, Asked, TestMessage.Id, out var message));
        Assert.Null(message);
    }

    [Theory]
    [InlineData(0x8181)]        // FORMERR
    [InlineData(0x8182)]
    [InlineData(0x8185)]
    public void Read_ErrorWithoutQuestion_IsOurs(int flags) =>
        Assert.Equal(flags & 0xF, (int)new TestMessage(Asked) { Section = [], Questions = 0, Flags = flags }.Read().Code);

    [Fact]
    public void Read_QuestionInAnotherCase_IsOurs() =>
        Assert.NotNull(new TestMessage(Asked) { Section = [2, (byte)'M', (byte)'x', .. TestMessage.Name("eXample.com"), 0, 1, 0, 1] }.Read());

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "record cut off", Right().ToArray()[..^14] },
        { "record promised", [.. Right().ToArray()[..6], 0, 9, .. Right().ToArray()[8..]] },
        { "two OPT", Right().Opt().ToArray() },
        { "OPT with an owner", new TestMessage(Asked).Opt(owner: "example.com").ToArray() },
        { "OPT as an answer", new TestMessage(Asked).Answer(".", ResourceRecordType.OPT, []).ToArray() },
        { "option cut off", new TestMessage(Asked).Opt([0, 15, 0]).ToArray() },
        { "option beyond its space", new TestMessage(Asked).Opt([0, 15, 0, 9, 0, 6]).ToArray() },
    };

    [Theory]
    [Trait("rfc", "6891#6.1.1")]
    [MemberData(nameof(Broken))]
    public void Read_OursButUnreadable_IsMalformed(string what, byte[] wire)
    {
        Assert.NotEmpty(what);
        Assert.Equal(MessageFault.Malformed, DnsMessageReader.Read(wire, Asked, TestMessage.Id, out _));
    }

    [Fact]
    public void Read_TruncatedAnywhere_IsTruncated()
    {
        var right = Right();
        right.Flags |= 0x0200;
        var wire = right.ToArray();
        for (var length = DnsMessage.HeaderLength + right.Section.Length; length <= wire.Length; length++)
        {
            Assert.Equal(MessageFault.None, DnsMessageReader.Read(wire.AsMemory(0, length), Asked, TestMessage.Id, out var message));
            Assert.True(message!.IsTruncated);
        }
    }

    [Theory]
    [Trait("rfc", "8914#2")]
    [InlineData(6, "no signature", "no signature")]
    [InlineData(49152, "", "")]
    [InlineData(0, "zero\0 ended\0", "zero ended")]
    [InlineData(0, "two\r\nlines\u2028and\u202E more", "twolinesand more")]
    public void Read_ExtendedError_IsDecodedAndHarmless(int code, string text, string read) =>
        Assert.Equal(new ExtendedDnsError((ushort)code, read), new TestMessage(Asked).Opt(TestMessage.ExtendedError((ushort)code, text)).Read().Error);

    [Fact]
    public void Read_LongErrorText_IsCut()
    {
        var error = new TestMessage(Asked).Opt(TestMessage.ExtendedError(6, new string('x', 2000))).Read().Error;
        Assert.Equal(512, error!.Text.Length);
    }

    [Fact]
    public void Read_SeveralErrors_TheOneThatBlamesDnssecCounts()
    {
        byte[] options = [0, 10, 0, 1, 7, .. TestMessage.ExtendedError(22, "first"), 0, 15, 0, 1, 9, .. TestMessage.ExtendedError(9, "key"), .. TestMessage.ExtendedError(6, "later")];
        Assert.Equal(new ExtendedDnsError(9, "key"), new TestMessage(Asked).Opt(options).Read().Error);
    }

    [Fact]
    public void Read_UpperBitsOfTheCode_AreThoseOfOpt() =>
        Assert.Equal(16, (int)new TestMessage(Asked).Opt(ttl: 0x0100_8000).Read().Code);

    [Property(MaxTest = 2000)]
    public void Read_AnyOctets_NeverThrows(byte[] octets)
    {
        var fault = DnsMessageReader.Read(octets, Asked, TestMessage.Id, out var message);
        Assert.Equal(fault == MessageFault.None, message is not null);
    }

    [Property(MaxTest = 2000)]
    public void Read_AnyOctetsBehindOurQuestion_NeverThrow_NorDoTheRecordsInThem(byte[] octets, byte answers, byte authority, byte flags)
    {
        byte[] wire = [.. TestMessage.Word(TestMessage.Id), 0x81, (byte)(flags & 0xF3), 0, 1, 0, (byte)(answers % 4), 0, (byte)(authority % 4), 0, 0, .. new TestMessage(Asked).Section, .. octets];
        if (DnsMessageReader.Read(wire, Asked, TestMessage.Id, out var message) == MessageFault.None)
            ReadAll(message!);
    }

    [Property(MaxTest = 3000)]
    public void Read_MutatedAnswer_NeverThrows_NorDoTheRecordsInIt(ushort at, byte value, ushort at2, byte value2)
    {
        var wire = new TestMessage(Asked)
            .Answer("mx.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example.com"))
            .Answer("a.example.com", ResourceRecordType.A, [192, 0, 2, 1])
            .Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(7))
            .Opt(TestMessage.ExtendedError(6, "text")).ToArray();
        wire[at % wire.Length] = value;
        wire[at2 % wire.Length] = value2;
        if (DnsMessageReader.Read(wire, Asked, TestMessage.Id, out var message) == MessageFault.None)
            ReadAll(message!);
    }

    private static void ReadAll(DnsMessage message)
    {
        foreach (var security in Enum.GetValues<DnsSecurity>())
            AssertAtMost(security, new StageReader<System.Net.IPAddress>(Asked, RecordShapes.A, message, security, Policy, 0).Read());
        foreach (var record in message.Answers.Concat(message.Authority))
        {
            _ = RecordShapes.A.TryRead(message, record, out _);
            _ = RecordShapes.Aaaa.TryRead(message, record, out _);
            _ = RecordShapes.Mx.TryRead(message, record, out _);
            _ = RecordShapes.Cname.TryRead(message, record, out _);
            _ = RecordShapes.Txt.TryRead(message, record, out _);
            _ = RecordShapes.Tlsa.TryRead(message, record, out _);
        }
    }

    private static void AssertAtMost(DnsSecurity security, Stage<System.Net.IPAddress> stage)
    {
        var seen = stage switch
        {
            Stage<System.Net.IPAddress>.End { Answer: DnsAnswer<System.Net.IPAddress>.Found found } => found.Security,
            Stage<System.Net.IPAddress>.End { Answer: DnsAnswer<System.Net.IPAddress>.Absent absent } => absent.Security,
            Stage<System.Net.IPAddress>.Onward onward => onward.Security,
            _ => DnsSecurity.Indeterminate,
        };
        Assert.True(seen <= security);
    }

    private static CachePolicy Policy => new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 10);
}
