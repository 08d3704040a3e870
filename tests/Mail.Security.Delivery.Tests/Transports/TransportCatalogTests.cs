using System.Net;
using System.Reflection;
using Mail.Security.Sasl;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

public sealed class TransportCatalogTests
{
    private static readonly DomainName Host = DomainName.Parse("mx.a.test");
    private static readonly SmtpClientAuthentication Login = new(new SaslCredentials("somebody", "geheim"));

    public static TheoryData<TransportDefinition, string> Faulty => new()
    {
        { new TransportDefinition.Direct { SourceAddressV4 = IPAddress.IPv6Loopback }, "SourceAddressV4" },
        { new TransportDefinition.Direct { SourceAddressV6 = IPAddress.Loopback }, "SourceAddressV6" },
        { new TransportDefinition.Smarthost { Host = default }, "Host" },
        { new TransportDefinition.Smarthost { Host = Host, Port = 0 }, "Port" },
        { new TransportDefinition.Smarthost { Host = Host, SourceAddressV4 = IPAddress.IPv6Any }, "SourceAddressV4" },
        { new TransportDefinition.Submission { Host = default }, "Host" },
        { new TransportDefinition.Submission { Host = Host, Port = 65536 }, "Port" },
        { new TransportDefinition.Submission { Host = Host, Tls = SubmissionTls.Implicit, Trust = SubmissionTrust.DangerouslyUnverified }, "Trust" },
        { new TransportDefinition.Submission { Host = Host, Dane = DaneRequirement.Always, Trust = SubmissionTrust.DangerouslyUnverified }, "Dane" },
        { new TransportDefinition.Socks { Proxies = [], HelloName = Host }, "Proxies" },
        { new TransportDefinition.Socks { Proxies = [new SocksProxy { Name = "x", Host = "192.0.2.1" }], HelloName = default }, "HelloName" },
        { new TransportDefinition.Socks { Proxies = [new SocksProxy { Name = "x", Host = "not a name" }], HelloName = Host }, "Proxies:0:Host" },
        { new TransportDefinition.Socks { Proxies = [new SocksProxy { Name = "x", Host = "p.test" }, new SocksProxy { Name = "y", Host = "p.test", Port = 0 }], HelloName = Host }, "Proxies:1:Port" },
        { new TransportDefinition.Socks { Proxies = [new SocksProxy { Name = "x", Host = "p.test", Weight = 0 }], HelloName = Host }, "Proxies:0:Weight" },
        { new TransportDefinition.Socks { Proxies = [new SocksProxy { Name = "x", Host = "p.test" }, new SocksProxy { Name = "X", Host = "q.test" }], HelloName = Host }, "Proxies" },
        { new TransportDefinition.Fail { Code = 250 }, "Code" },
        { new TransportDefinition.Fail { Code = 600 }, "Code" },
        { new TransportDefinition.Fail { Code = 450, Status = new EnhancedStatus(5, 7, 1) }, "Status" },
        { new TransportDefinition.Fail { Text = "" }, "Text" },
        { new TransportDefinition.Fail { Text = "a\r\nb" }, "Text" },
        { new TransportDefinition.Fail { Text = new string('a', 257) }, "Text" },
    };

    [Theory, MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void Constructor_FaultyTransport_KeyIsNamedAndSecretIsNot(TransportDefinition transport, string key)
    {
        var exception = Assert.Throws<ArgumentException>(() => new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Parse("it")] = transport }));
        Assert.StartsWith($"Transports:it:{key}: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_EveryCase_HasAFaultyRow()
    {
        var cases = typeof(TransportDefinition).GetNestedTypes().Where(static type => type.IsSubclassOf(typeof(TransportDefinition))).ToHashSet();
        Assert.Equal(cases, Faulty.Select(static row => row.Data.Item1.GetType()).ToHashSet());
        Assert.All(typeof(TransportDefinition).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic), static constructor => Assert.True(constructor.IsPrivate || constructor.GetParameters().Length == 1));
    }

    public static TheoryData<TransportDefinition, string> Described => new()
    {
        { new TransportDefinition.Direct(), "direct" },
        { new TransportDefinition.Direct { Families = AddressFamilies.IPv4Only, SourceAddressV4 = IPAddress.Parse("192.0.2.1") }, "direct by IPv4 only from 192.0.2.1" },
        { new TransportDefinition.Direct { SourceAddressV4 = IPAddress.Parse("192.0.2.1"), SourceAddressV6 = IPAddress.Parse("2001:db8::1") }, "direct from 192.0.2.1 and 2001:db8::1" },
        { new TransportDefinition.Smarthost { Host = Host, Families = AddressFamilies.IPv6Only }, "smarthost mx.a.test:25 by IPv6 only" },
        { new TransportDefinition.Submission { Host = Host, Authentication = Login }, "submission mx.a.test:587" },
        { new TransportDefinition.Submission { Host = Host, Authentication = Login, Tls = SubmissionTls.Implicit }, "submission mx.a.test:465 with TLS from the start" },
        { new TransportDefinition.Submission { Host = Host, Port = 2525, Trust = SubmissionTrust.DangerouslyUnverified }, "submission mx.a.test:2525 without verification" },
        { new TransportDefinition.Socks { HelloName = Host, Proxies = [new SocksProxy { Name = "one", Host = "2001:db8::1", Credentials = new Socks5Credentials("somebody", "geheim") }, new SocksProxy { Name = "two", Host = "p.test", Port = 9 }] }, "direct through SOCKS5 one ([2001:db8::1]:1080) two (p.test:9)" },
        { new TransportDefinition.Fail { Code = 450 }, "fail 450 4.7.0" },
    };

    [Theory, MemberData(nameof(Described), DisableDiscoveryEnumeration = true)]
    public void ToString_Transport_InAFewWordsWithoutSecrets(TransportDefinition transport, string expected)
    {
        Assert.Equal(expected, transport?.ToString());
        Assert.Equal(expected, $"{transport! with { }}");
    }

    [Fact]
    public void Names_AnyCatalog_DirectIsAmongThem()
    {
        Assert.Equal([TransportName.Direct], TransportCatalog.Default.Names);
        var catalog = new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Parse("B")] = new TransportDefinition.Fail(), [TransportName.Parse("a")] = new TransportDefinition.Fail() });
        Assert.Equal("a b direct", string.Join(' ', catalog.Names));
        Assert.True(catalog.TryGet(TransportName.Parse("b"), out _));
        Assert.False(catalog.TryGet(TransportName.Parse("c"), out _));
        Assert.False(catalog.TryGet(default, out _));
    }

    [Fact]
    public void Constructor_DirectGiven_ItIsTaken()
    {
        var catalog = new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Direct] = new TransportDefinition.Smarthost { Host = Host } });
        Assert.True(catalog.TryGet(TransportName.Direct, out var transport));
        Assert.IsType<TransportDefinition.Smarthost>(transport);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Relay-1_x.y", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("a:b", false)]
    [InlineData("ä", false)]
    [InlineData(null, false)]
    public void TryParse_Name_Answers(string? text, bool expected)
    {
        Assert.Equal(expected, TransportName.TryParse(text, out var name));
        Assert.Equal(!expected, name.IsEmpty);
        Assert.Equal(expected ? text!.ToLowerInvariant() : "", name.Value);
        Assert.False(TransportName.TryParse(new string('a', 65), out _));
    }

    [Fact]
    public void Routes_UnknownTransportAndFaultyPolicies_EachIsNamed()
    {
        var table = new RouteTable([RouteTableTests.Rule("direct"), RouteTableTests.Rule("gone")]);
        var exception = Assert.Throws<ArgumentException>(() => new DeliveryRoutes(null, table,
            [
                new DestinationPolicy { Domains = [] },
                new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], MaxConnections = 0 },
                new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Rate = new MessageRate(0, TimeSpan.FromHours(1)) },
                new DestinationPolicy { Domains = [DomainPattern.Parse("a.test")], Rate = new MessageRate(1, TimeSpan.FromDays(2)) },
            ]));
        Assert.Equal(
            "Routes:Global:1:Transport: there is no transport 'gone', only direct. Destinations:0:Domains: at least one domain is needed, and each must match something. "
            + "Destinations:1:MaxConnections: at least one connection must be allowed. Destinations:2:Rate: 1 to 100000 messages in a time of at most a day. "
            + "Destinations:3:Rate: 1 to 100000 messages in a time of at most a day.", exception.Message);
    }

    [Fact]
    public void PolicyFor_Domain_TheFirstThatMatches()
    {
        var routes = new DeliveryRoutes(destinations:
        [
            new DestinationPolicy { Domains = [DomainPattern.Parse("x.a.test")], MaxConnections = 1 },
            new DestinationPolicy { Domains = [DomainPattern.Parse("b.test"), DomainPattern.Parse(".a.test")], MaxConnections = 2 },
        ]);
        Assert.Equal([1, 2, 2, null], new[] { "x.a.test", "a.test", "b.test", "c.test" }.Select(domain => routes.PolicyFor(DeliveryWorld.Domain(domain)).MaxConnections));
    }
}
