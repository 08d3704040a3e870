using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.MtaSts.Tests;

public sealed class PolicyTests
{
    private const string Head = "version: STSv1\nmode: enforce\nmax_age: 86400\n";

    [Theory]
    [Trait("rfc", "8461#3.2")]
    [InlineData("version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n", MtaStsMode.Enforce, 604800, "mail.example.com,*.example.net,backupmx.example.com")]
    [InlineData("version: STSv1\r\nmode: testing\r\nmx: *.Example.COM\r\nmax_age: 0", MtaStsMode.Testing, 0, "*.example.com")]
    [InlineData("mx:a.example \t\nmax_age:\t9999999999\nmode:enforce\nversion:STSv1", MtaStsMode.Enforce, 31557600, "a.example")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 86400\n", MtaStsMode.None, 86400, "")]
    [InlineData(Head + "mx: a.example\nextra-1_x.y: grüße an alle ☺\n", MtaStsMode.Enforce, 86400, "a.example")]
    [InlineData(Head + "mx: a.example\nmode: bogus\nmax_age: x\nversion: 2\n", MtaStsMode.Enforce, 86400, "a.example")]
    [InlineData(Head + "mx: a.example\n\n\r\n", MtaStsMode.Enforce, 86400, "a.example")]
    [InlineData(Head + "mx: xn--mller-kva.example\n", MtaStsMode.Enforce, 86400, "xn--mller-kva.example")]
    public void Parse_WellFormed_GivesThePolicy(string text, MtaStsMode mode, int maxAge, string mx)
    {
        var policy = Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(text)).Policy;
        Assert.Equal((mode, TimeSpan.FromSeconds(maxAge), mx, text), (policy.Mode, policy.MaxAge, string.Join(',', policy.Mx), policy.Text));
    }

    [Theory]
    [Trait("rfc", "8461#3.2")]
    [InlineData("", MtaStsPolicyFault.Version)]
    [InlineData("mode: enforce\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Version)]
    [InlineData("version: STSv2\nmode: enforce\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Version)]
    [InlineData("version: stsv1\nmode: enforce\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Version)]
    [InlineData("version: STSv1\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Mode)]
    [InlineData("version: STSv1\nmode: Enforce\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Mode)]
    [InlineData("version: STSv1\nmode: bogus\nmode: enforce\nmax_age: 1\nmx: a.example", MtaStsPolicyFault.Mode)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example", MtaStsPolicyFault.MaxAge)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 12345678901\nmx: a.example", MtaStsPolicyFault.MaxAge)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: -1\nmx: a.example", MtaStsPolicyFault.MaxAge)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1 0\nmx: a.example", MtaStsPolicyFault.MaxAge)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: ten\nmx: a.example", MtaStsPolicyFault.MaxAge)]
    [InlineData(Head, MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: müller.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: *.*.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: **.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: *", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: *.", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: m*.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a.*.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: .example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a.example.", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a-.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a.example b.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a_b.example", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx: a.example\nmx: [192.0.2.1]", MtaStsPolicyFault.Mx)]
    [InlineData(Head + "mx:", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx", MtaStsPolicyFault.Line)]
    [InlineData(Head + " mx: a.example", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx : a.example", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\n_bad: x", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\nempty:  ", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\nx: a\u0001b", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\nx: a\rb", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\nx: a\u007Fb", MtaStsPolicyFault.Line)]
    [InlineData(Head + "mx: a.example\r", MtaStsPolicyFault.Line)]               // half a line end
    [InlineData(Head + "mx: a.example\na23456789012345678901234567890123: x", MtaStsPolicyFault.Line)]
    [InlineData("<html>\n", MtaStsPolicyFault.Line)]
    [InlineData("\uFEFF" + Head + "mx: a.example", MtaStsPolicyFault.Line)]
    public void Parse_BrokenGrammar_NamesTheRule(string text, MtaStsPolicyFault fault) =>
        Assert.Equal(fault, Assert.IsType<MtaStsPolicyParseResult.Invalid>(MtaStsPolicy.Parse(text)).Fault);

    [Fact]
    public void Parse_BytesThatAreNotUtf8_AreRefused()
    {
        var bytes = Encoding.Latin1.GetBytes(Head + "mx: a.example\nx: grüße");
        Assert.Equal(MtaStsPolicyFault.Encoding, Assert.IsType<MtaStsPolicyParseResult.Invalid>(MtaStsPolicy.Parse(bytes)).Fault);
    }

    [Theory]
    [Trait("rfc", "8461#4.1")]
    [InlineData("mail.example.com", "mail.example.com", true)]
    [InlineData("mail.example.com", "MAIL.example.com", true)]
    [InlineData("mail.example.com", "a.mail.example.com", false)]
    [InlineData("mail.example.com", "example.com", false)]
    [InlineData("*.example.com", "mail.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "foo.bar.example.com", false)]
    [InlineData("*.example.com", "mailexample.com", false)]
    [InlineData("*.example.com", "mail.example.com.evil.example", false)]
    [InlineData("*.example.com", "mail.example.net", false)]
    [InlineData("*.example.com", "localhost", false)]
    [InlineData("*.example", "example", false)]
    [InlineData("localhost", "localhost", true)]
    [InlineData("*.xn--mller-kva.example", "mx.müller.example", true)]
    public void Matches_AHost_OneLabelPerWildcard(string pattern, string host, bool matches)
    {
        var policy = Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse($"{Head}mx: other.example\nmx: {pattern}\n")).Policy;
        Assert.Equal(matches, policy.Matches(DomainName.Parse(host)));
    }

    [Fact]
    public void Matches_NoName_IsFalse() =>
        Assert.False(Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(Head + "mx: a.example")).Policy.Matches(default));

    [Property(MaxTest = 500)]
    public void Parse_OfAnyText_NeverThrowsAndKeepsTheText(NonNull<string> text)
    {
        if (MtaStsPolicy.Parse(Head + "mx: a.example\n" + text.Get) is MtaStsPolicyParseResult.Valid(var policy))
            Assert.Equal(policy, Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(policy.Text)).Policy);
    }

    [Property(MaxTest = 300)]
    public void Parse_AnyOrderOfFields_SameResult(int seed)
    {
        string[] fields = ["version: STSv1", "mode: testing", "max_age: 7", "mx: a.example", "x: y"];
        var shuffled = fields.OrderBy(field => HashCode.Combine(seed, field)).ToArray();
        var policy = Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(string.Join("\r\n", shuffled))).Policy;
        Assert.Equal((MtaStsMode.Testing, 7, "a.example"), (policy.Mode, (int)policy.MaxAge.TotalSeconds, policy.Mx[0]));
    }
}
