using System.Net;
using System.Text;
using FsCheck.Xunit;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SenderAuthentication.Tests;

/// <summary>check_host by sections of RFC 7208.</summary>
public sealed class SpfEvaluatorTests
{
    private const string Domain = "email.example.com";

    [Theory]
    [InlineData("v=spf1 +all", "192.0.2.1", "pass")]
    [InlineData("v=spf1 a -all", "192.0.2.10,192.0.2.11", "pass")]
    [InlineData("v=spf1 a -all", "192.0.2.12", "fail")]
    [InlineData("v=spf1 a:example.org -all", "192.0.2.140", "fail")]
    [InlineData("v=spf1 mx -all", "192.0.2.129,192.0.2.130", "pass")]
    [InlineData("v=spf1 mx:example.org -all", "192.0.2.140", "pass")]
    [InlineData("v=spf1 mx mx:example.org -all", "192.0.2.129,192.0.2.130,192.0.2.140", "pass")]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.128,192.0.2.131,192.0.2.143", "pass")]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.132", "fail")]
    [InlineData("v=spf1 ptr -all", "192.0.2.65", "pass")]
    [InlineData("v=spf1 ptr -all", "192.0.2.140,10.0.0.4", "fail")]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail")]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "pass")]
    [InlineData("v=spf1 a:www.example.com -all", "192.0.2.10", "pass")]
    [InlineData("v=spf1 exists:%{l1r+}.mobile-users._spf.%{d} exists:%{ir}.%{l1r+}.remote-users._spf.%{d} -all", "192.168.15.15,192.0.2.1", "pass", "mary")]
    [InlineData("v=spf1 exists:%{l1r+}.mobile-users._spf.%{d} exists:%{ir}.%{l1r+}.remote-users._spf.%{d} -all", "192.168.15.15,192.168.15.16", "pass", "joel")]
    [InlineData("v=spf1 exists:%{l1r+}.mobile-users._spf.%{d} exists:%{ir}.%{l1r+}.remote-users._spf.%{d} -all", "192.168.15.17", "fail", "joel")]
    [Trait("rfc", "7208#A.1")]
    public async Task Check_AppendixA_AsItSays(string record, string clients, string expected, string user = "ann")
    {
        foreach (var client in clients.Split(','))
        {
            var world = new SpfWorld { Sender = $"{user}@example.com" }.Txt("example.com", record);
            AddAppendix(world.Dns);
            Assert.Equal((client, expected), (client, (await world.CheckAsync(client)).Keyword));
        }
    }

    [Theory]
    [InlineData("192.0.2.129", "pass", "include:example.com of example.org, by mx of example.com")]
    [InlineData("192.0.2.200", "pass", "include:example.net of example.org, by ip4:192.0.2.200 of example.net")]
    [InlineData("192.0.2.201", "fail", "-all of example.org")]
    [Trait("rfc", "7208#A.2")]
    public async Task Check_RedirectAndInclude_AsInAppendixA(string client, string expected, string match)
    {
        var world = new SpfWorld { Sender = "ann@la.example.org" }.Txt("la.example.org", "v=spf1 redirect=example.org").Txt("example.org", "v=spf1 include:example.com include:example.net -all")
            .Txt("example.com", "v=spf1 mx -all").Txt("example.net", "v=spf1 ip4:192.0.2.200 -all");
        AddAppendix(world.Dns);
        var result = await world.CheckAsync(client);
        Assert.Equal((expected, match), (result.Keyword, result switch { SpfResult.Pass(var by) => by.ToString(), SpfResult.Fail(var by, _) => by.ToString(), _ => "" }));
    }

    [Theory]
    [InlineData("v=spf1", "neutral")]                                                       // §4.7
    [InlineData("v=spf1 ?all", "neutral")]
    [InlineData("v=spf1 ~all", "softfail")]
    [InlineData("v=spf1 -all +all", "fail")]
    [InlineData("v=spf1 redirect=none.example", "permerror")]                               // §6.1
    [InlineData("v=spf1 redirect=none.example -all", "fail")]                               // §5.1
    [InlineData("v=spf1 include:none.example ?all", "permerror")]                           // §5.2
    [InlineData("v=spf1 include:fail.example include:neutral.example ~all", "softfail")]
    [InlineData("v=spf1 -include:pass.example +all", "fail")]
    [InlineData("v=spf1 include:bad.example +all", "permerror")]
    [InlineData("v=spf1 include:broken.example +all", "temperror")]
    [InlineData("v=spf1 include:twice.example +all", "permerror")]
    [InlineData("v=spf1 +all oops", "permerror")]                                           // §4.6: before anything is evaluated
    [InlineData("v=spf1 a:broken-a.example +all", "temperror")]
    [InlineData("v=spf1 mx:broken-host.example +all", "temperror")]
    [InlineData("v=spf1 exists:broken-a.example +all", "temperror")]
    [InlineData("v=spf1 a:a..b.example ~all", "softfail")]                                  // §4.8
    [InlineData("v=spf1 mx:no-mx.example ~all", "softfail")]                                // §5.4: no implicit MX
    [InlineData("v=spf1 mx:null-mx.example ~all", "softfail")]
    [InlineData("v=spf1 redirect=pass.example", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.3", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.99/25", "pass")]
    [InlineData("v=spf1 ip6:::/0 ip6:::ffff:192.0.2.3 ~all", "softfail")]
    [InlineData("v=spf1 ptr:broken-a.example ~all", "softfail")]                            // §5.5: nothing leads back
    [Trait("rfc", "7208#4.6.2")]
    public async Task Check_OneRecord_Result(string record, string expected)
    {
        var world = new SpfWorld().Txt(Domain, record).Txt("fail.example", "v=spf1 -all").Txt("neutral.example", "v=spf1").Txt("pass.example", "v=spf1 ip4:192.0.2.0/24").Txt("bad.example", "v=spf1 bad")
            .Txt("twice.example", "v=spf1 -all").Txt("twice.example", "v=spf1 +all");
        world.Dns.Fail("broken.example", DnsRecordType.Txt, DnsFailure.Timeout).Fail("broken-a.example", DnsRecordType.A, DnsFailure.ServerFailure)
            .AddMx("broken-host.example", 10, "broken-a.example").AddAddress("no-mx.example", "192.0.2.3").AddMx("null-mx.example", 0, ".")
            .AddPtr("192.0.2.3", "broken-a.example");
        Assert.Equal(expected, (await world.CheckAsync()).Keyword);
    }

    [Theory]
    [InlineData("ann@none.example", "", "none")]
    [InlineData("ann@nowhere.example", "", "none")]
    [InlineData("ann@[192.0.2.1]", "", "none")]
    [InlineData("ann@localhost", "", "none")]
    [InlineData("", "mail.sender.example", "pass")]
    [InlineData("", "[192.0.2.1]", "none")]
    [InlineData("", "localhost", "none")]
    [InlineData("", "\u0001 not a name", "none")]
    [InlineData("ann@broken.example", "", "temperror")]
    [InlineData("ann@bogus.example", "", "temperror")]
    [InlineData("ann@twice.example", "", "permerror")]
    [InlineData("ann@b\u00fccher.example", "", "pass")]
    [Trait("rfc", "7208#4.3")]
    public async Task Check_Identity_WhichRecordIsAsked(string sender, string hello, string expected)
    {
        var world = new SpfWorld { Sender = sender, Hello = hello }.Txt("none.example", "something else").Txt("mail.sender.example", "v=spf1 exists:%{l}.yes.example").Txt("twice.example", "v=spf1").Txt("twice.example", "v=spf1")
            .Txt("localhost", "v=spf1 +all").Txt("xn--bcher-kva.example", "v=spf1 exists:%{o}.yes.example");
        world.Dns.AddAddress("postmaster.yes.example", "127.0.0.2").AddAddress("xn--bcher-kva.example.yes.example", "127.0.0.2")
            .Fail("broken.example", DnsRecordType.Txt, DnsFailure.Timeout).Fail("bogus.example", DnsRecordType.Txt, DnsFailure.Bogus);
        Assert.Equal(expected, (await world.CheckAsync()).Keyword);
    }

    [Fact]
    [Trait("rfc", "7208#2.3")]
    public async Task CheckHello_Name_AsItsPostmaster()
    {
        var world = new SpfWorld { Hello = "mail.example.net" }.Txt("mail.example.net", "v=spf1 exists:%{s}.x.example exists:%{l}.yes.example -all");
        world.Dns.AddAddress("postmaster.yes.example", "127.0.0.2");
        Assert.IsType<SpfResult.Pass>(await new SpfEvaluator(world.Dns).CheckHelloAsync(world.Query(), TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("rfc", "8616#4")]
    public async Task Check_LocalPartBeyondAscii_ItsMacrosMatchNothing()
    {
        var world = new SpfWorld { Sender = "\u00e4nn@email.example.com" }.Txt(Domain, "v=spf1 exists:%{l}.b.example include:%{s1}.example exists:%{d}.b.example ~all");
        Assert.IsType<SpfResult.SoftFail>(await world.CheckAsync());
        Assert.Equal(2, world.Dns.Queries.Count);
    }

    [Theory]
    [InlineData(10, "softfail")]
    [InlineData(11, "permerror")]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_TermsThatAsk_TenAndNoMore(int terms, string expected)
    {
        var world = new SpfWorld().Txt(Domain, $"v=spf1 ip4:10.0.0.1 {string.Concat(Enumerable.Repeat("a:far.example ", terms))} ~all");
        world.Dns.AddAddress("far.example", "10.0.0.1");
        var result = await world.CheckAsync();
        Assert.Equal((expected, 10), (result.Keyword, result.Lookups));
    }

    [Theory]
    [InlineData("v=spf1 redirect=email.example.com")]
    [InlineData("v=spf1 include:email.example.com -all")]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_Loop_EndsAtTheLimit(string record)
    {
        var world = new SpfWorld().Txt(Domain, record);
        Assert.Equal(SpfFault.LookupLimit, Assert.IsType<SpfResult.PermError>(await world.CheckAsync()).Reason);
        Assert.Equal(11, world.Dns.Queries.Count);
    }

    [Theory]
    [InlineData("v=spf1 a:v1.example exists:v2.example ~all", "softfail")]
    [InlineData("v=spf1 a:v1.example exists:v2.example mx:v3.example ~all", "permerror")]
    [InlineData("v=spf1 a:v1.example exists:v2.example ptr ~all", "permerror")]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_VoidLookups_TwoAndNoMore(string record, string expected) => Assert.Equal(expected, (await SpfWorld.OfAsync(record)).Keyword);

    [Theory]
    [InlineData(10, "pass")]
    [InlineData(11, "permerror")]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_ManyExchangers_TenAndNoMore(int count, string expected)
    {
        var world = new SpfWorld().Txt(Domain, "v=spf1 mx -all");
        for (var at = 1; at <= count; at++)
            world.Dns.AddMx(Domain, 10, $"mx{at}.example.com").AddAddress($"mx{at}.example.com", at == count ? "192.0.2.3" : "10.0.0.1");
        Assert.Equal(expected, (await world.CheckAsync()).Keyword);
    }

    [Fact]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_ManyNamesOfTheClient_TheFirstTenCount()
    {
        var world = new SpfWorld().Txt(Domain, "v=spf1 ptr:example.org -all");
        for (var at = 1; at <= 12; at++)
            world.Dns.AddPtr("192.0.2.3", $"h{at}.example.org").AddAddress($"h{at}.example.org", at == 11 ? "192.0.2.3" : "10.0.0.1");
        Assert.IsType<SpfResult.Fail>(await world.CheckAsync());
        Assert.Equal(10, world.Dns.Queries.Count(static query => query.Type == DnsRecordType.A));
    }

    [Theory]
    [InlineData("v=spf1 a:b.example//64 -all", "2001:db8::ff", "pass")]
    [InlineData("v=spf1 a:b.example/24//65 -all", "2001:db8::ff", "pass")]
    [InlineData("v=spf1 a:b.example/24 -all", "2001:db8::ff", "fail")]
    [InlineData("v=spf1 a:b.example/24 -all", "::ffff:192.0.2.200", "pass")]
    [InlineData("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::1", "pass")]
    [InlineData("v=spf1 ip6:2001:db8::/128 ip4:0.0.0.0/0 -all", "2001:db8::1", "fail")]
    [InlineData("v=spf1 exists:b.example -all", "2001:db8::1", "pass")]
    [Trait("rfc", "7208#5.6")]
    public async Task Check_Families_EachWithItsLength(string record, string client, string expected)
    {
        var world = new SpfWorld().Txt(Domain, record);
        world.Dns.AddAddress("b.example", "192.0.2.1").AddAddress("b.example", "2001:db8::1");
        Assert.Equal(expected, (await world.CheckAsync(client)).Keyword);
    }

    [Theory]
    [InlineData("v=spf1 -all exp=x.example", "Not %{i}, says %{d}: %{S}", "Not 192.0.2.3, says email.example.com: strong-bad%40email.example.com")]
    [InlineData("v=spf1 -all", "unused", "")]
    [InlineData("v=spf1 -all exp=x.example", "broken %", "")]
    [InlineData("v=spf1 -all exp=x.example", "caf\u00e9", "")]
    [InlineData("v=spf1 -all exp=none.example", "unused", "")]
    [InlineData("v=spf1 -all exp=%{l}..x", "unused", "")]
    [InlineData("v=spf1 include:inner.example -all", "unused", "")]
    [InlineData("v=spf1 redirect=inner.example exp=none.example", "of %{d}", "of inner.example")]
    [Trait("rfc", "7208#6.2")]
    public async Task Check_Explanation_OfTheRecordThatFailed(string record, string text, string expected)
    {
        var world = new SpfWorld().Txt(Domain, record).Txt("x.example", text).Txt("inner.example", "v=spf1 -all exp=x.example");
        Assert.Equal(expected, Assert.IsType<SpfResult.Fail>(await world.CheckAsync()).Explanation);
    }

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.3", DnsSecurity.Secure)]
    [InlineData("v=spf1 a:b.insecure.example ip4:192.0.2.3", DnsSecurity.Insecure)]
    [InlineData("v=spf1 ip4:192.0.2.3 a:b.insecure.example", DnsSecurity.Secure)]
    [InlineData("v=spf1 ptr:x.example ip4:192.0.2.3", DnsSecurity.Indeterminate)]
    public async Task Check_Security_TheLeastOfWhatWasRead(string record, DnsSecurity expected)
    {
        var world = new SpfWorld().Txt(Domain, record);
        world.Dns.AddZone("insecure.example", DnsSecurity.Insecure).AddAddress("b.insecure.example", "10.0.0.1").Fail(ReverseName.Of(IPAddress.Parse("192.0.2.3")).Ascii, DnsRecordType.Ptr, DnsFailure.Timeout);
        Assert.Equal(("pass", expected), ((await world.CheckAsync()).Keyword, (await world.CheckAsync()).Security));
    }

    [Fact]
    [Trait("rfc", "7208#4.6.4")]
    public async Task Check_SilentResolver_ATemporaryErrorInTime()
    {
        var (world, time) = (new SpfWorld().Txt(Domain, "v=spf1 a:slow.example -all"), new FakeTimeProvider());
        world.Dns.Hang("slow.example", DnsRecordType.A);
        var evaluation = new SpfEvaluator(world.Dns, null, time).CheckMailFromAsync(world.Query(), TestContext.Current.CancellationToken).AsTask();
        while (world.Dns.CountOf("slow.example", DnsRecordType.A) == 0)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<SpfResult.TempError>(await evaluation);

        using var gone = new CancellationTokenSource();
        var given = new SpfEvaluator(world.Dns).CheckMailFromAsync(world.Query(), gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Fact]
    [Trait("rfc", "7208#6.2")]
    public async Task Check_ExplanationThatDoesNotCome_TheSameResult()
    {
        var (world, time) = (new SpfWorld().Txt(Domain, "v=spf1 -all exp=slow.example"), new FakeTimeProvider());
        world.Dns.Hang("slow.example", DnsRecordType.Txt);
        var evaluation = new SpfEvaluator(world.Dns, null, time).CheckMailFromAsync(world.Query(), TestContext.Current.CancellationToken).AsTask();
        while (world.Dns.CountOf("slow.example", DnsRecordType.Txt) == 0)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(20));
        var fail = Assert.IsType<SpfResult.Fail>(await evaluation);
        Assert.Equal(("-all of email.example.com", "", DnsSecurity.Secure), (fail.Match.ToString(), fail.Explanation, fail.Security));

        using var gone = new CancellationTokenSource();
        var given = new SpfEvaluator(world.Dns).CheckMailFromAsync(world.Query(), gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Theory]
    [InlineData("v=spf1 -all exp=%{p}.example")]
    [InlineData("v=spf1 -all exp=broken.example")]
    [Trait("rfc", "7208#6.2")]
    public async Task Check_LookupForTheExplanationFails_AsSecureAsTheRecord(string record)
    {
        var world = new SpfWorld().Txt(Domain, record);
        world.Dns.Fail("broken.example", DnsRecordType.Txt, DnsFailure.Timeout).Fail(ReverseName.Of(IPAddress.Parse("192.0.2.3")).Ascii, DnsRecordType.Ptr, DnsFailure.Timeout);
        var fail = Assert.IsType<SpfResult.Fail>(await world.CheckAsync());
        Assert.Equal(("", DnsSecurity.Secure), (fail.Explanation, fail.Security));
    }

    [Theory]
    [InlineData("v=spf1 a:%{l}.b.example ip4:192.0.2.3 -all", "pass")]
    [InlineData("v=spf1 exists:foo/bar.example ip4:192.0.2.3 -all", "pass")]
    [InlineData("v=spf1 a:foo/bar.example ip4:192.0.2.3 -all", "pass")]
    [InlineData("v=spf1 include:%{l}.b.example ip4:192.0.2.3 -all", "permerror")]
    [InlineData("v=spf1 redirect=%{l}.b.example", "permerror")]
    [Trait("rfc", "7208#4.8")]
    public async Task Check_NameThatIsNone_NoMatchAndNoRecord(string record, string expected) =>
        Assert.Equal(expected, (await new SpfWorld { Sender = "ann+box@email.example.com" }.Txt(Domain, record).CheckAsync()).Keyword);

    /// <summary>Whatever a record holds: no exception, and never more lookups than the limits allow.</summary>
    [Property(MaxTest = 300)]
    public void Check_AnyTerms_EndsWithinTheLimits(byte[] choices)
    {
        string[] terms = ["a", "mx", "ptr", "a:%{d}", "mx:b.example", "include:email.example.com", "exists:%{p}.%{ir}.b.example", "?all", "ip4:10.0.0.0/8", "redirect=email.example.com", "exp=%{p}.b.example", "x=%{p}", "%", "a/33"];
        var record = new StringBuilder("v=spf1");
        foreach (var choice in choices)
            record.Append(' ').Append(choice < 240 ? terms[choice % 12] : terms[12 + (choice % 2)]);
        var world = new SpfWorld().Txt(Domain, record.ToString());
        for (var at = 0; at < 12; at++)
            world.Dns.AddMx(Domain, 10, $"mx{at % 10}.example.com").AddAddress($"mx{at}.example.com", "10.0.0.1").AddPtr("192.0.2.3", $"mx{at}.example.com");
        var result = world.CheckAsync(options: new SpfOptions { MaxVoidLookups = 10 }).GetAwaiter().GetResult();
        Assert.InRange(world.Dns.Queries.Count, 1, 1 + (10 * 11) + 1);
        Assert.InRange(result.Lookups, 0, 10);
    }

    private static void AddAppendix(InMemoryResolver dns)
    {
        dns.AddMx("example.com", 10, "mail-a.example.com").AddMx("example.com", 20, "mail-b.example.com").AddAddress("example.com", "192.0.2.10").AddAddress("example.com", "192.0.2.11")
            .AddAddress("amy.example.com", "192.0.2.65").AddAddress("bob.example.com", "192.0.2.66").AddAddress("mail-a.example.com", "192.0.2.129").AddAddress("mail-b.example.com", "192.0.2.130")
            .AddAlias("www.example.com", "example.com").AddMx("example.org", 10, "mail-c.example.org").AddAddress("mail-c.example.org", "192.0.2.140")
            .AddPtr("192.0.2.10", "example.com").AddPtr("192.0.2.11", "example.com").AddPtr("192.0.2.65", "amy.example.com").AddPtr("192.0.2.66", "bob.example.com").AddPtr("192.0.2.129", "mail-a.example.com")
            .AddPtr("192.0.2.130", "mail-b.example.com").AddPtr("192.0.2.140", "mail-c.example.org").AddPtr("10.0.0.4", "bob.example.com")
            .AddAddress("mary.mobile-users._spf.example.com", "127.0.0.2").AddAddress("fred.mobile-users._spf.example.com", "127.0.0.2")
            .AddAddress("15.15.168.192.joel.remote-users._spf.example.com", "127.0.0.2").AddAddress("16.15.168.192.joel.remote-users._spf.example.com", "127.0.0.2");
    }
}
