using System.Net;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Hosting.Tests;

public sealed class DnsCheckTests
{
    private static readonly DomainName Host = DomainName.Parse("relay.example");
    private static readonly DomainName Egress = DomainName.Parse("out2.example");

    private readonly InMemoryResolver _dns = new InMemoryResolver().AddMx("good.example", 10, "mx.good.example").AddTxt("good.example", "v=spf1 ip4:192.0.2.1 ip4:198.51.100.7 -all")
        .AddAddress("relay.example", "192.0.2.1").AddPtr("192.0.2.1", "relay.example").AddAddress("out2.example", "198.51.100.7").AddPtr("198.51.100.7", "out2.example");

    [Fact]
    public async Task Check_EverythingRight_AllOkForOwnAndProxyAddresses()
    {
        var findings = await CheckAsync("good.example");
        Assert.All(findings, static finding => Assert.Equal((DnsCheckVerdict.Ok, finding.Sentence), (finding.Verdict, finding.Sentence)));
        Assert.Equal(["192.0.2.1 PTR relay.example", "192.0.2.1 EHLO relay.example", "192.0.2.1 SPF good.example", "198.51.100.7 PTR out2.example", "198.51.100.7 EHLO out2.example", "198.51.100.7 SPF good.example", " MX good.example"],
            findings.Select(static finding => $"{finding.Sender?.Address} {finding.Check} {finding.Subject}"));
    }

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.1 -all", DnsCheckVerdict.Failed, "fail by -all of d.example: let the record name 198.51.100.7")]
    [InlineData("v=spf1 ~all", DnsCheckVerdict.Failed, "softfail by ~all of d.example: let the record name 198.51.100.7")]
    [InlineData("v=spf1", DnsCheckVerdict.Warning, "neutral, nothing in the record matches: let the record name 198.51.100.7")]
    [InlineData("no record", DnsCheckVerdict.Warning, "none: d.example has no record")]
    [InlineData("v=spf1 oops", DnsCheckVerdict.Failed, "the record cannot be evaluated (Syntax): the record of d.example has the term 'oops'")]
    [InlineData("v=spf1 a:silent.example", DnsCheckVerdict.Unknown, "no answer: Timeout: silent.example A: Timeout (injected)")]
    public async Task Check_Spf_ForTheAddressOfTheProxy(string record, DnsCheckVerdict verdict, string sentence)
    {
        _dns.AddTxt("d.example", record).AddMx("d.example", 10, "mx.d.example").Fail("silent.example", DnsRecordType.A, DnsFailure.Timeout);
        var finding = Assert.Single(await CheckAsync("d.example"), static finding => finding is DnsCheckFinding.Spf { From.Address: var address } && address.Equals(IPAddress.Parse("198.51.100.7")));
        Assert.Equal((verdict, sentence), (finding.Verdict, finding.Sentence));
    }

    [Theory]
    [InlineData("nothing", DnsCheckVerdict.Failed, "the address has no name")]
    [InlineData("other", DnsCheckVerdict.Warning, "the address is other.example, and EHLO says out2.example")]
    [InlineData("liar", DnsCheckVerdict.Failed, "the address is called liar.example, which does not lead back to it")]
    [InlineData("silent", DnsCheckVerdict.Unknown, "no answer: *")]
    public async Task Check_ReverseName_ExistsLeadsBackAndIsTheOneInEhlo(string name, DnsCheckVerdict verdict, string sentence)
    {
        var reverse = ReverseName.Of(IPAddress.Parse("198.51.100.7")).Ascii;
        _dns.Remove(reverse, DnsRecordType.Ptr).AddAddress("other.example", "198.51.100.7");
        _ = name switch { "nothing" => _dns, "silent" => _dns.Fail(reverse, DnsRecordType.Ptr, DnsFailure.Timeout), _ => _dns.AddPtr("198.51.100.7", $"{name}.example") };
        var finding = Assert.Single(await CheckAsync("good.example"), static finding => finding is DnsCheckFinding.Reverse { From.HelloName: var hello } && hello == Egress);
        Assert.Equal(verdict, finding.Verdict);
        Assert.True(sentence.EndsWith('*') ? finding.Sentence.StartsWith(sentence[..^1], StringComparison.Ordinal) : finding.Sentence == sentence, finding.Sentence);
    }

    [Fact]
    public async Task Check_HelloName_MustLeadToTheAddress()
    {
        _dns.Remove("out2.example", DnsRecordType.A);
        Assert.Equal(DnsCheckVerdict.Failed, await HelloAsync());
        _dns.AddAddress("out2.example", "192.0.2.99");
        Assert.Equal(DnsCheckVerdict.Failed, await HelloAsync());
        _dns.Fail("out2.example", DnsRecordType.A, DnsFailure.Timeout);
        Assert.Equal(DnsCheckVerdict.Unknown, await HelloAsync());
    }

    [Theory]
    [InlineData("null.example", DnsCheckVerdict.Failed)]
    [InlineData("address.example", DnsCheckVerdict.Warning)]
    [InlineData("none.example", DnsCheckVerdict.Failed)]
    [InlineData("silent.example", DnsCheckVerdict.Unknown)]
    [InlineData("half.example", DnsCheckVerdict.Unknown)]
    public async Task Check_MailExchangers_OfTheSenderDomain(string domain, DnsCheckVerdict verdict)
    {
        _dns.AddMx("null.example", 0, ".").AddAddress("address.example", "192.0.2.7").Fail("silent.example", DnsRecordType.Mx, DnsFailure.Timeout).Fail("half.example", DnsRecordType.Aaaa, DnsFailure.Timeout);
        Assert.Equal(verdict, Assert.Single((await CheckAsync(domain)).OfType<DnsCheckFinding.Exchangers>()).Verdict);
    }

    [Fact]
    public async Task Check_TransportsWithoutAnAddress_AreNamed()
    {
        var findings = await new DnsCheck(_dns).CheckAsync(new DnsCheckRequest { HostName = Host, Routes = Routes(new() { ["far"] = new TransportDefinition.Smarthost { Host = Host } }) }, TestContext.Current.CancellationToken);
        Assert.Equal("transport direct", Assert.IsType<DnsCheckFinding.NoAddress>(Assert.Single(findings)).Subject);
    }

    [Fact]
    public async Task Check_SourceAddresses_TakenWhereNoOwnOnesAreTold()
    {
        var routes = Routes(new() { ["direct"] = new TransportDefinition.Direct { SourceAddressV4 = IPAddress.Parse("192.0.2.1") }, ["also"] = new TransportDefinition.Direct { SourceAddressV4 = IPAddress.Parse("192.0.2.1"), HelloName = Host } });
        var findings = await new DnsCheck(_dns).CheckAsync(new DnsCheckRequest { HostName = Host, Routes = routes }, TestContext.Current.CancellationToken);
        Assert.Equal(2, findings.Count);
        Assert.Equal("also direct", string.Join(' ', findings[0].Sender!.Transports));
    }

    private async Task<DnsCheckVerdict> HelloAsync() => Assert.Single((await CheckAsync("good.example")).OfType<DnsCheckFinding.Hello>(), static finding => finding.From.HelloName == Egress).Verdict;

    private async Task<IReadOnlyList<DnsCheckFinding>> CheckAsync(string domain) => await new DnsCheck(_dns).CheckAsync(new DnsCheckRequest
    {
        HostName = Host,
        SenderDomains = [DomainName.Parse(domain)],
        OwnAddresses = [IPAddress.Parse("192.0.2.1")],
        Routes = Routes(new() { ["second"] = new TransportDefinition.Socks { HelloName = Egress, Proxies = [new SocksProxy { Name = "p", Host = "10.0.0.1" }], EgressAddresses = [IPAddress.Parse("198.51.100.7")] } }),
    }, TestContext.Current.CancellationToken);

    private static DeliveryRoutes Routes(Dictionary<string, TransportDefinition> transports) => new(new TransportCatalog(transports.ToDictionary(static pair => TransportName.Parse(pair.Key), static pair => pair.Value)));
}
