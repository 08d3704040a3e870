using System.Net;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec.Tests.Lookup;

public sealed class StageReaderTests
{
    private static readonly DomainName Name = DomainName.Parse("www.example.com");
    private static readonly CachePolicy Policy = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 3);

    private static TestMessage Asking(ResourceRecordType type = ResourceRecordType.A) => new(new Question(Name, type));

    [Fact]
    public void Read_RecordsOfTheName_OthersAreLeftAlone()
    {
        var found = Found(Asking()
            .Answer("other.example.com", ResourceRecordType.A, [192, 0, 2, 9])
            .Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 300)
            .Answer("www.example.com", ResourceRecordType.AAAA, new byte[16])
            .Answer("www.example.com", ResourceRecordType.RRSIG, new byte[40])
            .Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 2], ttl: 20)
            .Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 300));      // again: RFC 2181 §5

        Assert.Equal(["192.0.2.1", "192.0.2.2"], found.Records.Select(address => address.ToString()));
        Assert.Equal((Name, TimeSpan.FromSeconds(20)), (found.CanonicalName, found.Ttl));
        Assert.Empty(found.Aliases);
    }

    [Fact]
    public void Read_AliasesInAnyOrder_AreFollowedWithTheLeastTime()
    {
        var found = Found(Asking()
            .Answer("b.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 300)
            .Answer("a.example.com", ResourceRecordType.CNAME, TestMessage.Name("b.example.com"), ttl: 7)
            .Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example.com"), ttl: 60));

        Assert.Equal("b.example.com", found.CanonicalName.Ascii);
        Assert.Equal(TimeSpan.FromSeconds(7), found.Ttl);
        Assert.Equal(["www.example.com a.example.com", "a.example.com b.example.com"], found.Aliases.Select(hop => $"{hop.Owner} {hop.Target}"));
    }

    [Fact]
    public void Read_AliasesThatLeadOut_GoOnward()
    {
        var onward = Assert.IsType<Stage<IPAddress>.Onward>(Read(Asking().Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example.org"), ttl: 60)
            .Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(5))));            // denies nothing at a.example.org
        Assert.Equal(("a.example.org", DnsSecurity.Secure, TimeSpan.FromSeconds(60)), (onward.Next.Ascii, onward.Security, onward.Keep));
    }

    [Theory]
    [Trait("rfc", "2308#5")]
    [InlineData(60u, 30u, 30)]
    [InlineData(30u, 60u, 30)]
    [InlineData(86400u, 86400u, 3600)]                  // our own bound
    [InlineData(60u, 0x8000_0000u, 0)]
    public void Read_Denial_KeptForTheLesserOfTtlAndMinimum(uint ttl, uint minimum, int seconds)
    {
        foreach (var (flags, kind) in new[] { (0x8180, DnsAbsence.NoData), (0x8183, DnsAbsence.NoName) })
        {
            var message = Asking().Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(minimum), ttl);
            message.Flags = flags;
            var absent = Assert.IsType<DnsAnswer<IPAddress>.Absent>(End(message));
            Assert.Equal((kind, TimeSpan.FromSeconds(seconds), Name), (absent.Kind, absent.Ttl, absent.CanonicalName));
        }
    }

    [Fact]
    [Trait("rfc", "2308#2.1")]
    public void Read_NxdomainBehindAliases_DeniesTheLastName()
    {
        var message = Asking().Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example.com"), ttl: 10)
            .Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(60));
        message.Flags = 0x8183;
        var absent = Assert.IsType<DnsAnswer<IPAddress>.Absent>(End(message));
        Assert.Equal((DnsAbsence.NoName, "a.example.com", TimeSpan.FromSeconds(10)), (absent.Kind, absent.CanonicalName.Ascii, absent.Ttl));
        Assert.Single(absent.Aliases);
    }

    [Fact]
    public void Read_DenialWithoutSoa_IsNotKept() =>
        Assert.Equal((DnsAbsence.NoData, TimeSpan.Zero), Assert.IsType<DnsAnswer<IPAddress>.Absent>(End(Asking())) is var absent ? (absent.Kind, absent.Ttl) : default);

    [Theory]
    [Trait("rfc", "2308#2.2")]
    [InlineData("other.example.com", ResourceRecordType.A)]
    [InlineData("www.example.com", ResourceRecordType.AAAA)]
    [InlineData("other.example.com", ResourceRecordType.CNAME)]
    [InlineData("example.com", (ResourceRecordType)39)]              // a DNAME without its CNAME (RFC 6672 §3.1)
    public void Read_OnlyRecordsOfOthers_IsMalformed_NeverAnAbsence(string owner, ResourceRecordType type)
    {
        Assert.Equal(DnsFailure.Malformed, Failed(Asking().Answer(owner, type, TestMessage.Name("a.example"))).Reason);
        // What a start of authority denies is denied, whatever else came.
        Assert.IsType<DnsAnswer<IPAddress>.Absent>(End(Asking().Answer(owner, type, TestMessage.Name("a.example")).Authority("example.com", ResourceRecordType.SOA, TestMessage.Soa(5))));
    }

    [Fact]
    [Trait("rfc", "2181#5.2")]
    public void Read_DuplicateWithLessTime_ItsTimeCounts() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Found(Asking().Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 300)
            .Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1], ttl: 7)).Ttl);

    [Fact]
    [Trait("rfc", "2181#5")]
    public void Read_SameNameSpelledTwoWays_IsOneRecord()
    {
        byte[] spelled = [.. TestMessage.Name("a.example.com")], shouted = [1, (byte)'A', 0xC0, 16];      // 16: example.com in the question
        var found = Found(Asking().Answer("www.example.com", ResourceRecordType.CNAME, spelled).Answer("www.example.com", ResourceRecordType.CNAME, shouted)
            .Answer("a.example.com", ResourceRecordType.A, [192, 0, 2, 1]));
        Assert.Equal("a.example.com", found.CanonicalName.Ascii);

        var alias = End(Asking(ResourceRecordType.CNAME).Answer("www.example.com", ResourceRecordType.CNAME, spelled).Answer("www.example.com", ResourceRecordType.CNAME, shouted), RecordShapes.Cname);
        Assert.Equal("a.example.com", Assert.Single(Assert.IsType<DnsAnswer<DomainName>.Found>(alias).Records).Ascii);

        var hosts = End(Asking(ResourceRecordType.MX).Answer("www.example.com", ResourceRecordType.MX, [0, 5, .. spelled]).Answer("www.example.com", ResourceRecordType.MX, [0, 5, .. shouted]), RecordShapes.Mx);
        Assert.Equal("5 a.example.com.", Assert.Single(Assert.IsType<DnsAnswer<MxRecord>.Found>(hosts).Records).ToString());
    }

    [Fact]
    public void Read_TwoCnamesAsked_AreMalformed() =>
        Assert.Equal(DnsFailure.Malformed, Assert.IsType<DnsAnswer<DomainName>.Failed>(End(Asking(ResourceRecordType.CNAME)
            .Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example")).Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("b.example")), RecordShapes.Cname)).Reason);

    [Fact]
    [Trait("rfc", "2308#2.2")]
    public void Read_Referral_IsAFailure_NeverAnAbsence() =>
        Assert.Equal(DnsFailure.ServerFailure, Failed(Asking().Authority("com", ResourceRecordType.NS, TestMessage.Name("ns.example"))).Reason);

    [Fact]
    [Trait("rfc", "8914#3")]
    public void Read_RecordsWithAnExtendedError_StayRecords() =>
        Assert.Single(Found(Asking().Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1]).Opt(TestMessage.ExtendedError(3, "stale"))).Records);

    [Fact]
    public void Read_RecordsUnderNxdomain_AreMalformed()
    {
        var message = Asking().Answer("www.example.com", ResourceRecordType.A, [192, 0, 2, 1]);
        message.Flags = 0x8183;
        Assert.Equal(DnsFailure.Malformed, Failed(message).Reason);
    }

    [Theory]
    [InlineData("www.example.com>www.example.com", DnsFailure.AliasLoop)]
    [InlineData("www.example.com>a.example a.example>www.example.com", DnsFailure.AliasLoop)]
    [InlineData("www.example.com>a.example a.example>b.example b.example>a.example", DnsFailure.AliasLoop)]
    [InlineData("www.example.com>a.example a.example>b.example b.example>c.example c.example>d.example", DnsFailure.AliasLimit)]
    [InlineData("www.example.com>a.example www.example.com>b.example", DnsFailure.Malformed)]      // RFC 2181 §10.1
    [InlineData("www.example.com>.", DnsFailure.Malformed)]
    public void Read_AliasesWithoutAnEnd_AreTheirOwnFailures(string aliases, DnsFailure reason)
    {
        var message = Asking();
        foreach (var alias in aliases.Split(' ').Select(text => text.Split('>')))
            message.Answer(alias[0], ResourceRecordType.CNAME, TestMessage.Name(alias[1]));
        Assert.Equal(reason, Failed(message).Reason);
    }

    [Fact]
    public void Read_CnameAsked_IsNotFollowed()
    {
        var message = Asking(ResourceRecordType.CNAME).Answer("www.example.com", ResourceRecordType.CNAME, TestMessage.Name("a.example.com"))
            .Answer("a.example.com", ResourceRecordType.CNAME, TestMessage.Name("b.example.com"));
        var found = Assert.IsType<DnsAnswer<DomainName>.Found>(End(message, RecordShapes.Cname));
        Assert.Equal(("a.example.com", Name), (Assert.Single(found.Records).Ascii, found.CanonicalName));
        Assert.Empty(found.Aliases);
    }

    [Theory]
    [Trait("rfc", "7505#3")]
    [InlineData("0 .", "0 .")]
    [InlineData("0 .|10 a.example", "10 a.example.")]
    [InlineData("20 b.example|10 a.example|20 c.example", "10 a.example.|20 b.example.|20 c.example.")]
    [InlineData("0 .|5 .", "0 .")]
    [InlineData("10 bad name|20 b.example", "20 b.example.")]
    [InlineData("10 bad name", null)]
    [InlineData("0 .|10 bad name", null)]                   // not sure that it is a null MX
    public void Read_Mx_NullOnlyAlone_UnreadableLeftOut(string records, string? expected)
    {
        var message = Asking(ResourceRecordType.MX);
        foreach (var (preference, host) in records.Split('|').Select(text => (int.Parse(text.Split(' ', 2)[0], null), text.Split(' ', 2)[1])))
            message.Answer("www.example.com", ResourceRecordType.MX, [.. TestMessage.Word(preference), .. host == "bad name" ? [3, (byte)'a', (byte)' ', (byte)'b', 0] : TestMessage.Name(host)]);
        var answer = End(message, RecordShapes.Mx);
        if (expected is null)
            Assert.Equal(DnsFailure.Malformed, Assert.IsType<DnsAnswer<MxRecord>.Failed>(answer).Reason);
        else
            Assert.Equal(expected, string.Join('|', Assert.IsType<DnsAnswer<MxRecord>.Found>(answer).Records));
    }

    [Theory]
    [Trait("rfc", "6698#2.1")]
    [InlineData("030101AB", "3 1 1 ab")]
    [InlineData("030101", "3 1 1")]
    [InlineData("0301|020001FF", "2 0 1 ff")]
    [InlineData("0301", null)]
    [InlineData("|", null)]
    public void Read_Tlsa_UnderThreeOctetsLeftOut_NeverAnAbsence(string records, string? expected)
    {
        var message = Asking(ResourceRecordType.TLSA);
        foreach (var record in records.Split('|'))
            message.Answer("www.example.com", ResourceRecordType.TLSA, Convert.FromHexString(record));
        var answer = End(message, RecordShapes.Tlsa);
        if (expected is null)
            Assert.Equal(DnsFailure.Malformed, Assert.IsType<DnsAnswer<TlsaRecord>.Failed>(answer).Reason);
        else
            Assert.Equal(expected, string.Join('|', Assert.IsType<DnsAnswer<TlsaRecord>.Found>(answer).Records));
    }

    [Theory]
    [InlineData("03616263", "abc")]
    [InlineData("0161 0162 0163", "abc")]                   // RFC 7208 §3.3: without a separator
    [InlineData("00", "")]
    [InlineData("01FF", "\u00FF")]
    [InlineData("", null)]
    [InlineData("0261", null)]
    public void Read_Txt_CharacterStringsJoined(string data, string? expected)
    {
        var answer = End(Asking(ResourceRecordType.TXT).Answer("www.example.com", ResourceRecordType.TXT, Convert.FromHexString(data.Replace(" ", "", StringComparison.Ordinal))), RecordShapes.Txt);
        Assert.Equal(expected, (answer as DnsAnswer<string>.Found)?.Records.Single());
        Assert.Equal(expected is null, answer is DnsAnswer<string>.Failed { Reason: DnsFailure.Malformed });
    }

    [Fact]
    public void Read_AddressOfWrongLength_IsMalformed() =>
        Assert.Equal(DnsFailure.Malformed, Failed(Asking().Answer("www.example.com", ResourceRecordType.A, [1, 2, 3, 4, 5])).Reason);

    private static Stage<IPAddress> Read(TestMessage message) =>
        new StageReader<IPAddress>(new Question(Name, ResourceRecordType.A), RecordShapes.A, message.Read(), DnsSecurity.Secure, Policy, 0).Read();

    private static DnsAnswer<IPAddress> End(TestMessage message) => Assert.IsType<Stage<IPAddress>.End>(Read(message)).Answer;

    private static DnsAnswer<T> End<T>(TestMessage message, RecordShape<T> shape) =>
        Assert.IsType<Stage<T>.End>(new StageReader<T>(new Question(Name, shape.Type), shape, message.Read(), DnsSecurity.Secure, Policy, 0).Read()).Answer;

    private static DnsAnswer<IPAddress>.Found Found(TestMessage message) => Assert.IsType<DnsAnswer<IPAddress>.Found>(End(message));

    private static DnsAnswer<IPAddress>.Failed Failed(TestMessage message) => Assert.IsType<DnsAnswer<IPAddress>.Failed>(End(message));
}
