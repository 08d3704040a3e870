using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing.Tests.Dns;

public sealed class InMemoryResolverTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");

    [Fact]
    public async Task GetAAsync_ThroughAlias_ReportsCanonicalNameAndLeastSecurity()
    {
        var resolver = new InMemoryResolver()
            .AddAlias("www.example.com", "mx.example.com", DnsSecurity.Insecure)
            .AddAddress("mx.example.com", "192.0.2.1");

        var found = Assert.IsType<DnsAnswer<IPAddress>.Found>(await resolver.GetAAsync(DomainName.Parse("www.example.com"), Ct));

        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(found.Records));
        Assert.Equal((Host, DnsSecurity.Insecure), (found.CanonicalName, found.Security));
        Assert.Equal(new AliasHop(DomainName.Parse("www.example.com"), Host), Assert.Single(found.Aliases));
    }

    [Theory]
    [InlineData("mx.example.com", DnsAbsence.NoData, DnsSecurity.Secure)]
    [InlineData("example.com", DnsAbsence.NoData, DnsSecurity.Secure)]          // exists: a name is below it
    [InlineData("none.example.com", DnsAbsence.NoName, DnsSecurity.Secure)]
    [InlineData("none.unsigned.example", DnsAbsence.NoName, DnsSecurity.Insecure)]
    [InlineData("unsigned.example", DnsAbsence.NoData, DnsSecurity.Insecure)]
    public async Task GetTxtAsync_NoRecord_TellsTheKindAndTheZonesSecurity(string name, DnsAbsence kind, DnsSecurity security)
    {
        var resolver = new InMemoryResolver().AddAddress("mx.example.com", "192.0.2.1").AddZone("unsigned.example", DnsSecurity.Insecure);

        var absent = Assert.IsType<DnsAnswer<string>.Absent>(await resolver.GetTxtAsync(DomainName.Parse(name), Ct));

        Assert.Equal((kind, security), (absent.Kind, absent.Security));
    }

    [Fact]
    public async Task Fail_BehindAnAlias_FailsTheLookup_HealTakesItBack()
    {
        var resolver = new InMemoryResolver()
            .AddAlias("alias.example.com", "mx.example.com")
            .AddTxt("mx.example.com", "text")
            .Fail("mx.example.com", DnsRecordType.Txt, DnsFailure.Bogus, new ExtendedDnsError(7, ""));

        var failed = Assert.IsType<DnsAnswer<string>.Failed>(await resolver.GetTxtAsync(DomainName.Parse("alias.example.com"), Ct));
        Assert.Equal((DnsFailure.Bogus, new ExtendedDnsError(7, "")), (failed.Reason, failed.Error));

        resolver.Heal("mx.example.com", DnsRecordType.Txt);
        Assert.IsType<DnsAnswer<string>.Found>(await resolver.GetTxtAsync(DomainName.Parse("alias.example.com"), Ct));
        Assert.Equal(2, resolver.CountOf("alias.example.com", DnsRecordType.Txt));
    }

    [Fact]
    public async Task Hang_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        var lookup = new InMemoryResolver().Hang("mx.example.com", DnsRecordType.A).GetAAsync(Host, stop.Token);
        Assert.False(lookup.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lookup);
    }

    [Fact]
    public async Task GetAAsync_AliasLoopAndLongChain_Fail()
    {
        var resolver = new InMemoryResolver { MaxAliases = 2 }
            .AddAlias("a.example", "b.example").AddAlias("b.example", "a.example")
            .AddAlias("c0.example", "c1.example").AddAlias("c1.example", "c2.example").AddAlias("c2.example", "c3.example");

        Assert.Equal(DnsFailure.AliasLoop, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(DomainName.Parse("a.example"), Ct)).Reason);
        Assert.Equal(DnsFailure.AliasLimit, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(DomainName.Parse("c0.example"), Ct)).Reason);
    }

    [Fact]
    [Trait("rfc", "7505#3")]
    public async Task GetMxAsync_NullMx_OnlyWhenAlone()
    {
        var resolver = new InMemoryResolver().AddMx("null.example", 0, ".")
            .AddMx("both.example", 0, ".").AddMx("both.example", 20, "b.example").AddMx("both.example", 10, "a.example");

        Assert.True(Assert.Single(Assert.IsType<DnsAnswer<MxRecord>.Found>(await resolver.GetMxAsync(DomainName.Parse("null.example"), Ct)).Records).IsNullMx);
        Assert.Equal(["10 a.example.", "20 b.example."],
            Assert.IsType<DnsAnswer<MxRecord>.Found>(await resolver.GetMxAsync(DomainName.Parse("both.example"), Ct)).Records.Select(mx => mx.ToString()));
    }

    [Fact]
    public async Task AddTlsa_Text_IsReadBack()
    {
        var resolver = new InMemoryResolver().AddTlsa("_25._tcp.mx.example.com", "3 1 1 AB 12").AddTlsa("_25._tcp.mx.example.com", "2 0 1");

        var found = Assert.IsType<DnsAnswer<TlsaRecord>.Found>(await resolver.GetTlsaAsync(Host.Prepend("_25._tcp"), Ct));

        Assert.Equal(["3 1 1 ab12", "2 0 1"], found.Records.Select(record => record.ToString()));
        Assert.Throws<FormatException>(() => resolver.AddTlsa("_25._tcp.mx.example.com", "3 1"));
    }
}
