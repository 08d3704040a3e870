using System.Net;
using FsCheck.Xunit;

namespace Mail.Security.SenderAuthentication.Tests;

/// <summary>RFC 7208 §7: the examples of §7.4, and what they leave out.</summary>
public sealed class SpfMacroTests
{
    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d3}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("%{p}", "mx.example.org")]
    [InlineData("%{h}", "mail.example.net")]
    [InlineData("%{i}", "192.0.2.3")]
    [InlineData("%{c}", "192.0.2.3")]
    [InlineData("%{r}", "mx.receiver.example")]
    [InlineData("%{t}", "1000000000")]
    [InlineData("%{S}", "strong-bad%40email.example.com")]
    [InlineData("%{L1R-}", "strong")]
    [InlineData("100%% of%_x%-y", "100% of x%20y")]
    [InlineData("%{d999999999999999999999}", "email.example.com")]
    [Trait("rfc", "7208#7.4")]
    public async Task Expand_IPv4Client_AsInTheExamples(string text, string expected) => Assert.Equal(expected, await ExpandAsync(text, "192.0.2.3"));

    [Theory]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com")]
    [InlineData("%{c}", "2001:db8::cb01")]
    [InlineData("%{C}", "2001%3Adb8%3A%3Acb01")]
    [InlineData("%{p}", "unknown")]
    [Trait("rfc", "7208#7.4")]
    public async Task Expand_IPv6Client_AsInTheExamples(string text, string expected) => Assert.Equal(expected, await ExpandAsync(text, "2001:db8::cb01"));

    [Theory]
    [InlineData("www.example.com,email.example.com,x.email.example.com", "email.example.com")]
    [InlineData("www.example.org,x.email.example.com", "x.email.example.com")]
    [InlineData("liar.example", "unknown")]
    [Trait("rfc", "7208#7.3")]
    public async Task Expand_SeveralNames_TheNearestToTheDomain(string names, string expected)
    {
        var world = new SpfWorld();
        foreach (var name in names.Split(','))
        {
            world.Dns.AddPtr("192.0.2.9", name);
            if (name != "liar.example")
                world.Dns.AddAddress(name, "192.0.2.9");
        }
        Assert.Equal(expected, await ExpandAsync("%{p}", "192.0.2.9", world));
    }

    [Fact]
    [Trait("rfc", "7208#7.3")]
    public void TryRead_LongName_LosesItsLeftLabels()
    {
        var tail = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        Assert.True(TargetName.TryRead($"left.{new string('b', 20)}.{tail}", out var name));
        Assert.Equal(tail, name.Ascii);
        Assert.False(TargetName.TryRead(new string('a', 300), out _));
        Assert.False(TargetName.TryRead("a..example", out _));
        Assert.False(TargetName.TryRead("ann+b.example", out _));
        Assert.True(TargetName.TryRead("Example.COM.", out name) && name.Ascii == "example.com");
    }

    [Property]
    public bool TryRead_AnyLength_AsLabelByLabel(byte[] lengths, bool hasDot)
    {
        var text = string.Join('.', lengths.Select(static length => new string('a', (length % 70) + 1))) + (hasDot ? "." : "");
        var expected = hasDot ? text[..^1] : text;
        while (expected.Length > 253 && expected.Contains('.', StringComparison.Ordinal))
            expected = expected[(expected.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return DomainName.TryParseLax(expected, out var name) ? TargetName.TryRead(text, out var read) && read == name : !TargetName.TryRead(text, out _);
    }

    [Fact]
    [Trait("rfc", "7208#7.3")]
    public async Task ExpandName_MacrosWithoutEnd_NoMoreThanANameCanHold()
    {
        var expander = Expander(new SpfWorld { Sender = string.Join('.', Enumerable.Repeat("a", 32)) + "@email.example.com" }, "192.0.2.3");
        var text = MacroText.Parse("a:" + string.Concat(Enumerable.Repeat("%{l}", 16_000)) + ".x.test", MacroPlace.Domain)!;
        var (expanded, _) = await expander.ExpandNameAsync(text, DomainName.Parse("email.example.com"), TestContext.Current.CancellationToken);
        Assert.InRange(expanded.Length, 254, 400);
        Assert.EndsWith("a.a.x.test", expanded, StringComparison.Ordinal);
        Assert.True(TargetName.TryRead(expanded, out var name));
        Assert.Equal(253, name.Ascii.Length);
    }

    [Fact]
    public async Task Expand_Cancelled_Ends()
    {
        var (expander, text) = (Expander(new SpfWorld(), "192.0.2.3"), MacroText.Parse("%{l}%{l}.x.test", MacroPlace.Domain)!);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await expander.ExpandNameAsync(text, DomainName.Parse("email.example.com"), new CancellationToken(true)));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await expander.ExpandTextAsync(text, DomainName.Parse("email.example.com"), 500, new CancellationToken(true)));
    }

    private static MacroExpander Expander(SpfWorld world, string client) =>
        new(SpfIdentity.MailFrom(world.Query(client)), new ClientNames(world.Dns, IPAddress.Parse(client), new SpfLookups(new SpfOptions())), new FixedTime());

    private static async Task<string> ExpandAsync(string text, string client, SpfWorld? world = null)
    {
        world ??= new SpfWorld();
        world.Dns.AddPtr("192.0.2.3", "mx.example.org").AddAddress("mx.example.org", "192.0.2.3");
        var expander = Expander(world, client);
        var (expanded, end) = await expander.ExpandTextAsync(MacroText.Parse(text, MacroPlace.Explanation)!, DomainName.Parse("email.example.com"), SpfEvaluator.MaxExplanation, TestContext.Current.CancellationToken);
        Assert.Null(end);
        return expanded;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
    }
}
