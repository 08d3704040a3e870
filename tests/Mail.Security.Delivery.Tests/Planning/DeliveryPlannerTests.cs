using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Delivery.Tests;

public sealed class DeliveryPlannerTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Plan_Hosts_LookedUpOnlyWhenAskedFor()
    {
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test").AddAddress("mx1.a.test", "192.0.2.1").AddAddress("mx2.a.test", "192.0.2.2");
        var plan = await _world.Planner.PlanAsync(new PlanRequest { Domain = DeliveryWorld.Domain("a.test") }, TestContext.Current.CancellationToken);

        Assert.Equal(0, _world.Resolver.CountOf("mx1.a.test", DnsRecordType.A));
        await foreach (var step in plan.Steps)
        {
            Assert.Equal("mx1.a.test", Assert.IsType<PlanStep.TryHost>(step).Plan.Host.Ascii);
            break;
        }
        Assert.Equal(0, _world.Resolver.CountOf("mx2.a.test", DnsRecordType.A));
    }

    [Fact, Trait("rfc", "7672#2.2.2")]
    [Trait("dukhovni", "secure-address-first")]
    public async Task Plan_InsecureHost_NoTlsaQuestion()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.b.test").AddZone("b.test", DnsSecurity.Insecure).AddAddress("mx.b.test", "192.0.2.1");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Equal(TlsFloor.Opportunistic, host.Floor);
        Assert.DoesNotContain(_world.Resolver.Queries, query => query.Type == DnsRecordType.Tlsa);
    }

    [Fact, Trait("rfc", "7672#2.1.3")]
    [Trait("dukhovni", "cname-question")]
    public async Task Plan_SignedAliasToUnsignedHost_TlsaAtTheAlias()
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAlias("mx.a.test", "mx.b.test").AddZone("b.test", DnsSecurity.Insecure).AddAddress("mx.b.test", "192.0.2.1")
            .AddTlsa("_25._tcp.mx.a.test", $"3 1 1 {new string('a', 64)}");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Equal(TlsFloor.Authenticate, host.Floor);
        Assert.Equal("mx.a.test", host.Sessions[0].ServerName.Ascii);
    }

    [Fact, Trait("rfc", "7672#3.2.2")]
    [Trait("dukhovni", "reference-names")]
    public async Task Plan_AliasedDomainWithSecureMx_NamesOfBothAreAccepted()
    {
        _world.Resolver.AddAlias("a.test", "b.test").AddMx("b.test", 10, "mx.c.test").AddAddress("mx.c.test", "192.0.2.1").AddTlsa("_25._tcp.mx.c.test", $"2 1 1 {new string('a', 64)}");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Contains("[mx.c.test a.test b.test]", host.Sessions[0].Verifier!.PolicyKey, StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "7672#3.2.2")]
    public async Task Plan_AliasedDomainWithInsecureMx_NoNameOfTheDomainIsAccepted()
    {
        _world.Options.InsecureMx = InsecureMxPolicy.Dane;
        _world.Resolver.AddAlias("a.test", "b.test").AddMx("b.test", 10, "mx.c.test", DnsSecurity.Insecure).AddAddress("mx.c.test", "192.0.2.1")
            .AddTlsa("_25._tcp.mx.c.test", $"2 1 1 {new string('a', 64)}");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Contains("[mx.c.test]", host.Sessions[0].Verifier!.PolicyKey, StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "7672#8.1")]
    [InlineData("3 1 1", TlsFloor.Authenticate)]
    [InlineData("0 1 1", TlsFloor.Encrypt)]
    [Trait("dukhovni", "server-name")]
    public async Task Plan_SecureAliasOfAHost_TheTlsaBaseIsAnnounced(string kind, TlsFloor floor)
    {
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAlias("mx.a.test", "mx.b.test").AddAddress("mx.b.test", "192.0.2.1").AddTlsa("_25._tcp.mx.b.test", $"{kind} {new string('a', 64)}");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Equal(("mx.a.test", "mx.b.test", floor), (host.Host.Ascii, host.Sessions[0].ServerName.Ascii, host.Floor));
    }

    [Fact, Trait("rfc", "7672#2.2.2")]
    public async Task Plan_AliasedDomainWithoutMx_TheSearchStartsAtItsOwnName()
    {
        _world.Resolver.AddAlias("a.test", "b.test").AddAddress("b.test", "192.0.2.1").AddTlsa("_25._tcp.a.test", $"3 1 1 {new string('a', 64)}");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Equal(("a.test", TlsFloor.Authenticate), (host.Host.Ascii, host.Floor));
        Assert.Equal(1, _world.Resolver.CountOf("_25._tcp.b.test", DnsRecordType.Tlsa));
    }

    [Fact, Trait("rfc", "7672#2.2.2")]
    public async Task Plan_InsecureDenialOfMxAndSecureAddress_DaneAppliesToTheDomain()
    {
        _world.Resolver.AddZone("a.test", DnsSecurity.Insecure).AddAddress("a.test", "192.0.2.1", DnsSecurity.Secure)
            .AddTlsa("_25._tcp.a.test", $"3 1 1 {new string('a', 64)}", DnsSecurity.Secure);
        Assert.Equal(TlsFloor.Authenticate, Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan.Floor);
    }

    [Fact, Trait("rfc", "5321#5.1")]
    public async Task Plan_EqualPreferences_EveryHostIsFirstAtSomeTime()
    {
        _world.Resolver.AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 10, "mx2.a.test").AddAddress("mx1.a.test", "192.0.2.1").AddAddress("mx2.a.test", "192.0.2.2");
        var firsts = new HashSet<DomainName>();
        for (var round = 0; round < 100; round++)
            firsts.Add(((PlanStep.TryHost)(await StepsAsync("a.test"))[0]).Plan.Host);
        Assert.Equal(2, firsts.Count);
    }

    [Fact, Trait("rfc", "8461#3.1")]
    public async Task Plan_AliasedDomain_PolicyAtTheRecipientDomainOnly()
    {
        _world.Resolver.AddAlias("a.test", "b.test").AddMx("b.test", 10, "mx.b.test").AddAddress("mx.b.test", "192.0.2.1");
        await StepsAsync("a.test");
        Assert.Equal(1, _world.Resolver.CountOf("_mta-sts.a.test", DnsRecordType.Txt));
        Assert.Equal(0, _world.Resolver.CountOf("_mta-sts.b.test", DnsRecordType.Txt));
    }

    [Fact, Trait("rfc", "5321#5.1")]
    public async Task Plan_Preferences_RisingAndEachHostOnce()
    {
        _world.Resolver.AddMx("a.test", 30, "mx3.a.test").AddMx("a.test", 10, "mx1.a.test").AddMx("a.test", 20, "mx2.a.test").AddMx("a.test", 40, "mx1.a.test");
        foreach (var number in (int[])[1, 2, 3])
            _world.Resolver.AddAddress($"mx{number}.a.test", $"192.0.2.{number}");
        Assert.Equal(["mx1.a.test", "mx2.a.test", "mx3.a.test"], (await StepsAsync("a.test")).Select(step => ((PlanStep.TryHost)step).Plan.Host.Ascii));
    }

    [Fact]
    [Trait("dukhovni", "resolver-does-not-validate")]
    public async Task Plan_UntrustedResolver_OpportunisticAndSaysSo()
    {
        _world.Resolver.AddZone("test", DnsSecurity.Indeterminate).AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", "192.0.2.1");
        var host = Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan;
        Assert.Equal(TlsFloor.Opportunistic, host.Floor);
        Assert.Contains("nothing is known", host.Explanation.Dane, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NextHopFails_ThePendingPolicyLookupIsGivenUp()
    {
        _world.Resolver.AddMx("a.test", 0, ".").Hang("_mta-sts.a.test", DnsRecordType.Txt);
        Assert.IsType<PlanStep.GiveUp>(Assert.Single(await StepsAsync("a.test")));
    }

    [Theory]
    [InlineData(nameof(DeliveryOptions.HelloName))]
    [InlineData(nameof(DeliveryOptions.Port))]
    [InlineData(nameof(DeliveryOptions.MaxHosts))]
    [InlineData(nameof(DeliveryOptions.MaxAddressesPerHost))]
    [InlineData(nameof(DeliveryOptions.Timeouts))]
    [InlineData(nameof(DeliveryOptions.AttemptTimeout))]
    [InlineData(nameof(DeliveryOptions.TransferTimeout))]
    public void Constructor_OptionOutOfRange_NamesIt(string option)
    {
        switch (option)
        {
            case nameof(DeliveryOptions.HelloName): _world.Options.HelloName = default; break;
            case nameof(DeliveryOptions.Port): _world.Options.Port = 0; break;
            case nameof(DeliveryOptions.MaxHosts): _world.Options.MaxHosts = 0; break;
            case nameof(DeliveryOptions.Timeouts): _world.Options.Timeouts = new() { Quit = TimeSpan.Zero }; break;
            case nameof(DeliveryOptions.AttemptTimeout): _world.Options.AttemptTimeout = TimeSpan.Zero; break;
            case nameof(DeliveryOptions.TransferTimeout): _world.Options.TransferTimeout = TimeSpan.FromDays(2); break;
            default: _world.Options.MaxAddressesPerHost = 0; break;
        }
        Assert.Equal(option, Assert.Throws<ArgumentException>(() => _world.Planner).ParamName);
    }

    [Fact]
    public async Task Constructor_OptionsChangedAfterwards_ChangeReachesNothing()
    {
        var planner = _world.Planner;
        (_world.Options.Port, _world.Options.MaxHosts) = (26, 0);
        _world.Resolver.AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", "192.0.2.1");
        var plan = await planner.PlanAsync(new PlanRequest { Domain = DeliveryWorld.Domain("a.test") }, TestContext.Current.CancellationToken);
        await foreach (var step in plan.Steps)
            Assert.Equal(25, Assert.IsType<PlanStep.TryHost>(step).Plan.Port);
    }

    [Theory, Trait("rfc", "5321#5.1")]
    [InlineData("relay.test", "mx10 mx20")]
    [InlineData("MX20.a.test", "mx10")]         // itself, an equal one and a worse one are left out
    [InlineData("mx25.a.test", "mx10")]
    [InlineData("mx30.a.test", "mx10 mx20")]
    [InlineData("mx10.a.test", "")]
    public async Task Plan_OneHostIsThisOne_OnlyBetterOnesAreTried(string ownName, string expected)
    {
        _world.Resolver.AddMx("a.test", 10, "mx10.a.test").AddMx("a.test", 20, "mx20.a.test").AddMx("a.test", 20, "mx25.a.test").AddMx("a.test", 30, "mx30.a.test");
        foreach (var number in (int[])[10, 20, 25, 30])
            _world.Resolver.AddAddress($"mx{number}.a.test", $"192.0.2.{number}");
        _world.Options.OwnNames = [DomainName.Parse("first.test"), DomainName.Parse(ownName)];

        var steps = await StepsAsync("a.test");

        Assert.Equal(expected.Length == 0 ? 0 : ownName == "relay.test" ? 4 : ownName == "mx30.a.test" ? 3 : 1, steps.OfType<PlanStep.TryHost>().Count());
        Assert.All(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), host => Assert.Contains(steps, step => step is PlanStep.TryHost { Plan: var plan } && plan.Host.Ascii == $"{host}.a.test"));
        if (expected.Length == 0)
            Assert.Equal((Disposition.Permanent, "5.4.6"), (Assert.IsType<PlanStep.GiveUp>(Assert.Single(steps)).Why.Disposition, ((PlanStep.GiveUp)steps[0]).Why.Status.ToString()));
    }

    [Fact, Trait("rfc", "5321#5.1")]
    public async Task Plan_DomainIsThisHostWithoutMx_MailLoop()
    {
        _world.Resolver.AddAddress("a.test", "192.0.2.1");
        _world.Options.OwnNames = [DomainName.Parse("a.test")];
        Assert.Equal("mail-loop", Assert.IsType<PlanStep.GiveUp>(Assert.Single(await StepsAsync("a.test"))).Why.Label);
    }

    [Fact, Trait("rfc", "7505#3")]
    public async Task Plan_NullMxBesideAHost_TheHostIsTried()
    {
        _world.Resolver.AddMx("a.test", 0, ".").AddMx("a.test", 10, "mx.a.test").AddAddress("mx.a.test", "192.0.2.1");
        Assert.Equal("mx.a.test", Assert.IsType<PlanStep.TryHost>(Assert.Single(await StepsAsync("a.test"))).Plan.Host.Ascii);
    }

    private async Task<List<PlanStep>> StepsAsync(string domain)
    {
        var plan = await _world.Planner.PlanAsync(new PlanRequest { Domain = DeliveryWorld.Domain(domain) }, TestContext.Current.CancellationToken);
        var steps = new List<PlanStep>();
        await foreach (var step in plan.Steps)
            steps.Add(step);
        return steps;
    }
}
