namespace Mail.Security.SenderAuthentication.Tests;

/// <summary>RFC 7208 §4.5, §4.6: which text is a record, and which record is without fault.</summary>
public sealed class SpfRecordTests
{
    [Theory]
    [InlineData("v=spf1", true)]
    [InlineData("v=spf1 ", true)]
    [InlineData("V=SPF1 -all", true)]
    [InlineData("v=spf10 -all", false)]
    [InlineData("v=spf1-all", false)]
    [InlineData(" v=spf1 -all", false)]
    [InlineData("spf2.0/pra -all", false)]
    [Trait("rfc", "7208#4.5")]
    public void IsSpf_Text_OnlyTheExactVersion(string text, bool expected) => Assert.Equal(expected, SpfRecordParser.IsSpf(text));

    [Theory]
    [InlineData("")]
    [InlineData("   -all ")]
    [InlineData("a mx ptr -all")]
    [InlineData("A MX Ptr +ALL")]
    [InlineData("a:foo/bar.example a:foo//bar.example/24 mx:1/2/%{d1r/}//64 a:%{d//}")]    // a slash is a macro-literal too
    [InlineData("a/24 mx/0 a//64 mx/32//128 a:b.example/24//0 mx:%{d}/8")]
    [InlineData("ip4:192.0.2.1 ip4:192.0.2.1/24 ip6:2001:db8::1 ip6:::1/0 ip6:::ffff:192.0.2.1")]
    [InlineData("include:_spf.b.example. ?exists:%{ir}.%{l1r+-}._spf.%{d} ~ptr:b.example")]
    [InlineData("redirect=b.example exp=c.example unknown=%{c} x.y-z_1= x=a:/b")]
    [InlineData("exists:%%._x.b.example a:a%_b%-.example")]
    [InlineData("a:111.222.33.c-4 mx:example.xn--p1ai")]
    [InlineData("exists:%{D5r.-+,/_=}")]
    [Trait("rfc", "7208#4.6.1")]
    public void Parse_RightTerms_ARecord(string terms) => Assert.NotNull(SpfRecordParser.Parse($"v=spf1 {terms}").Record);

    [Theory]
    [InlineData("all:b.example")]
    [InlineData("all.")]
    [InlineData("all/8")]
    [InlineData("mxx")]
    [InlineData("--all")]
    [InlineData("include")]
    [InlineData("include:")]
    [InlineData("include:b.example/24")]
    [InlineData("exists")]
    [InlineData("exists:%(ir).sbl.example.org")]
    [InlineData("exists:%{ir")]
    [InlineData("exists:%{}")]
    [InlineData("exists:%{x}.example")]
    [InlineData("exists:%{d0}.example")]
    [InlineData("exists:%{d-r}.example")]
    [InlineData("exists:%{c}.example")]
    [InlineData("exists:%{r}.example")]
    [InlineData("exists:%{t}.example")]
    [InlineData("a:%b.example")]
    [InlineData("a:example")]
    [InlineData("a:b.123")]
    [InlineData("a:b.example-")]
    [InlineData("a:")]
    [InlineData("a/33")]
    [InlineData("a/1\0")]                                  // which readers of numbers let pass
    [InlineData("a/024")]
    [InlineData("a/")]
    [InlineData("a//129")]
    [InlineData("a//")]
    [InlineData("a/24/64")]
    [InlineData("a:b.example:8080")]
    [InlineData("ptr/0")]
    [InlineData("ip4:192.0.2")]
    [InlineData("ip4:192.0.2.1.2")]
    [InlineData("ip4:192.0.02.1")]
    [InlineData("ip4:192.0.2.0/33")]
    [InlineData("ip4:192.0.2.0//32")]
    [InlineData("ip4")]
    [InlineData("ip6:192.0.2.1")]
    [InlineData("ip6:2001:db8::/129")]
    [InlineData("ip6:[::1]")]
    [InlineData("ip6:fe80::1%1")]
    [InlineData("redirect=")]
    [InlineData("redirect=b.example redirect=b.example")]
    [InlineData("exp=b.example EXP=c.example")]
    [InlineData("+redirect=b.example")]
    [InlineData("1x=y")]
    [InlineData("x=%")]
    [InlineData("-all\tx")]
    [InlineData("a:b\u00e4.example")]
    [Trait("rfc", "7208#4.6")]
    public void Parse_WrongTerm_NoRecordAndTheTerm(string terms)
    {
        var (record, wrong) = SpfRecordParser.Parse($"v=spf1 mx {terms} -all");
        Assert.Null(record);
        Assert.Equal(terms.Split(' ')[^1], wrong);
    }
}
