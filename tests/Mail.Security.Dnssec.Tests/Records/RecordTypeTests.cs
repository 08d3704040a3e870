using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Records;

/// <summary>The types that speak of zones and services, and any other as octets: from a server, from memory, and from octets that are wrong.</summary>
public sealed class RecordTypeTests : ResolverTest
{
    private const ushort Svcb = 64;
    private static readonly SoaRecord Start = new(Name("ns.example.com"), "hostmaster.example.com", 4_000_000_000, TimeSpan.FromHours(2), TimeSpan.FromHours(1), TimeSpan.FromDays(14), TimeSpan.FromMinutes(5));
    private static readonly DnskeyRecord Key = new(257, 3, 13, new byte[] { 1, 2, 3 });
    private static readonly DsRecord Signer = new(12345, 13, 2, new byte[] { 0xAB, 0xCD });

    [Fact]
    public async Task Get_EveryType_IsTheSameFromAServerAndFromMemory()
    {
        Fill(Server);
        foreach (var resolver in new IDnssecResolver[] { Resolver(), Fill(new InMemoryResolver()) })
        {
            Assert.Equal([Name("a.example.net"), Name("b.example.net")], Found(await resolver.GetNsAsync(Name("example.com"), Ct)).Records);
            Assert.Equal(["0 5 993 b.example.com.", "10 0 993 a.example.com."], Found(await resolver.GetSrvAsync(Name("_imaps._tcp.example.com"), Ct)).Records.Select(static record => record.ToString()));
            Assert.True(Assert.Single(Found(await resolver.GetSrvAsync(Name("_pop3._tcp.example.com"), Ct)).Records).IsUnavailable);
            Assert.Equal("ns.example.com. hostmaster.example.com. 4000000000 7200 3600 1209600 300", Assert.Single(Found(await resolver.GetSoaAsync(Name("example.com"), Ct)).Records).ToString());
            Assert.Equal(Signer, Assert.Single(Found(await resolver.GetDsAsync(Name("example.com"), Ct)).Records));
            Assert.Equal(Key, Assert.Single(Found(await resolver.GetDnskeyAsync(Name("example.com"), Ct)).Records));
            Assert.Equal("example.com. TYPE64 0001", Assert.Single(Found(await resolver.GetRawAsync(Name("example.com"), Svcb, Ct)).Records).ToString());
            Assert.IsType<DnsAnswer<SoaRecord>.Absent>(await resolver.GetSoaAsync(Name("www.example.com"), Ct));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(52)]
    public async Task GetRaw_TypeThatIsReadElsewhere_BothFormsAreKeptApart(ushort type)
    {
        Fill(Server).AddMx("example.com", 10, "MX.example.com").AddTlsa("example.com", "3 1 1 ab12");
        var resolver = Resolver();
        for (var round = 0; round < 2; round++)
        {
            var octets = Convert.ToHexString(Found(await resolver.GetRawAsync(Name("example.com"), type, Ct)).Records[0].Data.Span);
            var text = type switch
            {
                2 => Found(await resolver.GetNsAsync(Name("example.com"), Ct)).Records[0].Ascii,
                15 => Found(await resolver.GetMxAsync(Name("example.com"), Ct)).Records[0].ToString(),
                _ => Found(await resolver.GetTlsaAsync(Name("example.com"), Ct)).Records[0].ToString(),
            };
            Assert.Equal(type switch { 2 => ("0161076578616D706C65036E657400", "a.example.net"), 15 => ("000A026D78076578616D706C6503636F6D00", "10 mx.example.com."), _ => ("030101AB12", "3 1 1 ab12") }, (octets, text));
        }
        Assert.Equal(2, Server.Queries.Count);
    }

    /// <summary>A CNAME is followed for every type but for its own, however it is asked for.</summary>
    [Fact]
    public async Task GetRaw_Alias_IsFollowedUnlessAskedFor()
    {
        Fill(Server).AddAlias("www.example.com", "example.com");
        foreach (var resolver in new IDnssecResolver[] { Resolver(), Fill(new InMemoryResolver()).AddAlias("www.example.com", "example.com") })
        {
            var followed = Found(await resolver.GetRawAsync(Name("www.example.com"), Svcb, Ct));
            Assert.Equal((Name("example.com"), Name("example.com"), 1), (followed.CanonicalName, followed.Records[0].Owner, followed.Aliases.Count));
            var alias = Found(await resolver.GetRawAsync(Name("www.example.com"), 5, Ct));
            Assert.Equal(("www.example.com. TYPE5 076578616d706c6503636f6d00", 0), (alias.Records[0].ToString(), alias.Aliases.Count));
        }
    }

    [Theory]
    [Trait("rfc", "6895#3.1")]
    [InlineData(0)]
    [InlineData(41)]
    [InlineData(46)]
    [InlineData(128)]
    [InlineData(251)]
    [InlineData(255)]
    public async Task GetRaw_TypeOfQuestionsAndMessages_IsRefused(ushort type)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Resolver().GetRawAsync(Name("example.com"), type, Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await new InMemoryResolver().GetRawAsync(Name("example.com"), type, Ct));
        Assert.Empty(Server.Queries);
    }

    [Theory]
    [Trait("rfc", "4034#6.2")]
    // type; data as it came; as it is handed out, null for unreadable
    [InlineData(2, "024E5304436F6D65 00", "026E7304636F6D6500")]                         // NS
    [InlineData(33, "000100020003 024E5300", "000100020003026E7300")]                    // SRV
    [InlineData(33, "00010002", null)]
    [InlineData(6, "00 0141 00 0000000100000002000000030000000400000005", "00016100" + "0000000100000002000000030000000400000005")]
    [InlineData(47, "0141 00 000140", "01410000" + "0140")]                              // NSEC keeps its case (RFC 6840 §5.1)
    [InlineData(65280, "41C0FF", "41C0FF")]                                              // unknown: as it is
    [InlineData(2, "FF", null)]
    public void Raw_Data_IsInCanonicalForm(ushort type, string data, string? expected)
    {
        var answer = Read(ZoneRecordShapes.Raw(type), Convert.FromHexString(data.Replace(" ", "", StringComparison.Ordinal)));
        if (expected is null)
            Assert.Equal(DnsFailure.Malformed, Assert.IsType<DnsAnswer<DnsRecord>.Failed>(answer).Reason);
        else
            Assert.Equal(expected, Convert.ToHexString(Assert.Single(Assert.IsType<DnsAnswer<DnsRecord>.Found>(answer).Records).Data.Span));
    }

    [Theory]
    // type; the data of each record; what is handed out, null for none that can be used
    [InlineData("NS", "00", null)]                                                       // the root serves nothing
    [InlineData("NS", "0161 00 61|0162 00", "b")]                                        // octets behind the name
    [InlineData("NS", "0161 00|0141 00", "a")]
    [InlineData("SRV", "0000000000190161 00|000000000019 00", "0 0 25 a.")]
    [InlineData("SRV", "000000000019 00", "0 0 25 .")]
    [InlineData("SRV", "000000000019 00|0000", null)]                                    // beside what cannot be read nothing is sure
    [InlineData("SRV", "000000000019", null)]
    [InlineData("SOA", "00 03612E62 016300 0000000100000002000000030000000400000005", ". a\\.b.c. 1 2 3 4 5")]
    [InlineData("SOA", "00 00 0000000100000002000000030000000400000005|00 00 0000000200000002000000030000000400000005", null)]
    [InlineData("SOA", "00 00 00000001000000020000000300000004000000", null)]
    [InlineData("DS", "30390D02AB|30390D02AB|30390D02", "12345 13 2 ab")]
    [InlineData("DS", "30390D02", null)]
    [InlineData("DNSKEY", "0101030D01|0101030D", "257 3 13 AQ==")]
    [InlineData("DNSKEY", "0101030D", null)]
    public void Typed_Data_IsReadOrLeftOut(string type, string records, string? expected)
    {
        byte[][] data = [.. records.Split('|').Select(static one => Convert.FromHexString(one.Replace(" ", "", StringComparison.Ordinal)))];
        var text = type switch
        {
            "NS" => Texts(Read(ZoneRecordShapes.Ns, data)),
            "SRV" => Texts(Read(ZoneRecordShapes.Srv, data)),
            "SOA" => Texts(Read(ZoneRecordShapes.Soa, data)),
            "DS" => Texts(Read(ZoneRecordShapes.Ds, data)),
            _ => Texts(Read(ZoneRecordShapes.Dnskey, data)),
        };
        Assert.Equal(expected, text);
    }

    [Theory]
    [Trait("rfc", "4034#2.1.1")]
    [InlineData(256, true, false, false)]
    [InlineData(257, true, true, false)]
    [InlineData(385, true, true, true)]
    [InlineData(0, false, false, false)]
    public void Dnskey_Flags_AreTold(ushort flags, bool zone, bool entry, bool revoked)
    {
        var key = Key with { Flags = flags };
        Assert.Equal((zone, entry, revoked), (key.IsZoneKey, key.IsSecureEntryPoint, key.IsRevoked));
    }

    /// <summary>The example of RFC 4034 §5.4: the tag of its key.</summary>
    [Fact]
    [Trait("rfc", "4034#5.4")]
    public void Dnskey_KeyTag_IsThatOfTheRfc()
    {
        var key = new DnskeyRecord(256, 3, 5, Convert.FromBase64String("AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="));
        Assert.Equal(60485, key.KeyTag);
        Assert.Equal(key, key with { PublicKey = key.PublicKey.ToArray() });
        Assert.NotEqual(key, key with { Flags = 257 });
    }

    private static T Fill<T>(T world)
        where T : DnsTestWorld<T> =>
        world.AddNs("example.com", "a.example.net").AddNs("example.com", "b.example.net").AddSoa("example.com", Start).AddDs("example.com", Signer).AddDnskey("example.com", Key)
            .AddSrv("_imaps._tcp.example.com", new(10, 0, 993, Name("a.example.com"))).AddSrv("_imaps._tcp.example.com", new(0, 5, 993, Name("b.example.com")))
            .AddSrv("_pop3._tcp.example.com", default).AddRaw("example.com", Svcb, new byte[] { 0, 1 }).AddAddress("www.example.com", "192.0.2.1");

    private static DnsAnswer<T> Read<T>(RecordShape<T> shape, params byte[][] records)
    {
        var question = shape.QuestionFor(Name("example.com"));
        var message = new TestMessage(question);
        foreach (var data in records)
            message.Answer("example.com", shape.Type, data);
        var policy = new CachePolicy(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 10);
        return Assert.IsType<Stage<T>.End>(new StageReader<T>(question, shape, message.Read(), DnsSecurity.Secure, policy, 0).Read()).Answer;
    }

    private static string? Texts<T>(DnsAnswer<T> answer) => answer is DnsAnswer<T>.Found found ? string.Join(", ", found.Records.Select(static record => $"{record}")) : null;

    private static DnsAnswer<T>.Found Found<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Found>(answer);
}
