using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.Tests;

public sealed class DomainNameTests
{
    private static readonly string Label63 = new('a', 63);

    [Theory]
    [InlineData("example.com", "example.com", "example.com")]
    [InlineData("EXAMPLE.Com", "example.com", "example.com")]
    [InlineData("localhost", "localhost", "localhost")]
    [InlineData("1.example", "1.example", "1.example")]
    [InlineData("3com.com", "3com.com", "3com.com")]
    [InlineData("0x1.example", "0x1.example", "0x1.example")]
    [InlineData("a.0xg", "a.0xg", "a.0xg")]
    [InlineData("r3---sn-a.example", "r3---sn-a.example", "r3---sn-a.example")]     // host names with "--" exist
    [InlineData("1.2.3.4.example", "1.2.3.4.example", "1.2.3.4.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example", "bücher.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example", "bücher.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example", "bücher.example")] // composed by the mapping
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example", "bücher.example")]
    [InlineData("a-b--c.bücher.example", "a-b--c.xn--bcher-kva.example", "a-b--c.bücher.example")]
    [InlineData("faß.example", "xn--fa-hia.example", "faß.example")]                // non-transitional
    [InlineData("ℂᵤⓇℒ。𝐒🄴", "curl.se", "curl.se")]
    [InlineData("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "example.com")]
    [InlineData("mail｡例え.テスト", "mail.xn--r8jz45g.xn--zckzah", "mail.例え.テスト")]
    [Trait("rfc", "5891#5.4")]
    public void TryParse_Names_GiveBothForms(string text, string ascii, string unicode)
    {
        Assert.True(DomainName.TryParse(text, out var name, out var fault));
        Assert.Equal((ascii, unicode, DomainNameFault.None, false), (name.Ascii, name.Unicode, fault, name.IsEmpty));
    }

    [Theory]
    [InlineData(null, DomainNameFault.Empty)]
    [InlineData("", DomainNameFault.Empty)]
    [InlineData(".", DomainNameFault.EmptyLabel)]
    [InlineData("example.com.", DomainNameFault.TrailingDot)]
    [InlineData("example.com。", DomainNameFault.TrailingDot)]
    [InlineData("example.com..", DomainNameFault.EmptyLabel)]
    [InlineData(".example.com", DomainNameFault.EmptyLabel)]
    [InlineData("example..com", DomainNameFault.EmptyLabel)]
    [InlineData("bücher..com", DomainNameFault.EmptyLabel)]
    [InlineData("exa mple.com", DomainNameFault.InvalidCharacter)]
    [InlineData("example.com\r\n", DomainNameFault.InvalidCharacter)]
    [InlineData("exam\0ple.com", DomainNameFault.InvalidCharacter)]
    [InlineData("a_b.example", DomainNameFault.InvalidCharacter)]
    [InlineData("*.example", DomainNameFault.InvalidCharacter)]
    [InlineData("a/b.example", DomainNameFault.InvalidCharacter)]
    [InlineData("-a.example", DomainNameFault.HyphenAtLabelEdge)]
    [InlineData("a-.example", DomainNameFault.HyphenAtLabelEdge)]
    [InlineData("a.-", DomainNameFault.HyphenAtLabelEdge)]
    [InlineData("192.0.2.1", DomainNameFault.IpAddress)]
    [InlineData("[192.0.2.1]", DomainNameFault.IpAddress)]
    [InlineData("[IPv6:2001:db8::1]", DomainNameFault.IpAddress)]
    [InlineData("2001:db8::1", DomainNameFault.IpAddress)]
    [InlineData("::1", DomainNameFault.IpAddress)]
    [InlineData("１９２。0.2.1", DomainNameFault.IpAddress)]                             // folds into an address
    [InlineData("example.123", DomainNameFault.NumericTopLabel)]
    [InlineData("123", DomainNameFault.NumericTopLabel)]
    [InlineData("1.2.3.4.5", DomainNameFault.NumericTopLabel)]
    [InlineData("0x7f000001", DomainNameFault.NumericTopLabel)]                         // what inet_aton takes for an address
    [InlineData("0X7F.0x1", DomainNameFault.NumericTopLabel)]
    [InlineData("127.0.0x1", DomainNameFault.NumericTopLabel)]
    [InlineData("0x", DomainNameFault.NumericTopLabel)]
    [InlineData("0x7f.0.0.1", DomainNameFault.IpAddress)]
    [InlineData("ü.0x1", DomainNameFault.NumericTopLabel)]
    [InlineData("xn--.example", DomainNameFault.InvalidIdna)]
    [InlineData("xn--abc-.example", DomainNameFault.InvalidIdna)]                       // decodes to plain "abc"
    [InlineData("xn--a.example", DomainNameFault.InvalidIdna)]
    [InlineData("ab--ü.example", DomainNameFault.InvalidIdna)]
    [InlineData("ü_b.example", DomainNameFault.InvalidIdna)]
    [InlineData("⒈ü.example", DomainNameFault.InvalidIdna)]
    [InlineData("a\u200Db.example", DomainNameFault.InvalidIdna)]
    [InlineData("\uD800.example", DomainNameFault.InvalidIdna)]
    public void TryParse_NoNames_SayWhy(string? text, DomainNameFault expected)
    {
        Assert.False(DomainName.TryParse(text, out var name, out var fault));
        Assert.Equal((expected, true), (fault, name.IsEmpty));
    }

    [Fact]
    [Trait("rfc", "1035#2.3.4")]
    public void TryParse_SizeLimits_AreOctetsOfTheALabels()
    {
        var longest = $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}";            // 253
        Assert.True(DomainName.TryParse(longest, out _));
        Assert.False(DomainName.TryParse("c" + longest, out _, out var label));
        Assert.Equal(DomainNameFault.NameTooLong, label);
        Assert.False(DomainName.TryParse($"{Label63}a.example", out _, out label));
        Assert.Equal(DomainNameFault.LabelTooLong, label);
        Assert.False(DomainName.TryParse($"{Label63}ü.example", out _));
        Assert.False(DomainName.TryParse(new string('a', 1 << 20), out _, out label));
        Assert.Equal(DomainNameFault.NameTooLong, label);
    }

    [Theory]
    [InlineData("_25._tcp.mx.example.com", true)]
    [InlineData("a_b.example", true)]
    [InlineData("_tlsa.xn--bcher-kva.example", true)]
    [InlineData("_ü.example", false)]            // underscores only in ASCII texts
    [InlineData("_25.ü.example", false)]
    [InlineData("_25.xn--abc-.example", false)]
    [InlineData("_25._tcp.mx.example.com.", false)]
    [InlineData("_a b.example", false)]
    [InlineData("192.0.2.1", false)]
    public void TryParseLax_Underscores_OnlyInAscii(string text, bool valid) => Assert.Equal(valid, DomainName.TryParseLax(text, out _));

    [Theory]
    [InlineData("a.example.com", "example.com", true)]
    [InlineData("a.b.example.com", "example.com", true)]
    [InlineData("example.com", "example.com", false)]
    [InlineData("badexample.com", "example.com", false)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("a.BÜCHER.example", "xn--bcher-kva.example", true)]
    public void IsSubdomainOf_Names_OnlyStrictlyBelow(string name, string ancestor, bool below) =>
        Assert.Equal(below, DomainName.Parse(name).IsSubdomainOf(DomainName.Parse(ancestor)));

    [Fact]
    public void IsSubdomainOf_EmptyName_NothingIsBelowIt() => Assert.False(DomainName.Parse("a.example").IsSubdomainOf(default));

    [Fact]
    public void TryGetParent_Labels_ComeOffOneByOne()
    {
        Assert.True(DomainName.Parse("mx.bücher.example").TryGetParent(out var parent));
        Assert.Equal(("xn--bcher-kva.example", "bücher.example"), (parent.Ascii, parent.Unicode));
        Assert.True(parent.TryGetParent(out parent));
        Assert.False(parent.TryGetParent(out parent));
        Assert.True(parent.IsEmpty);
        Assert.False(default(DomainName).TryGetParent(out _));
    }

    [Theory]
    [InlineData("_25._tcp", "bücher.example", "_25._tcp.xn--bcher-kva.example")]
    [InlineData("MTA-STS", "example.com", "mta-sts.example.com")]
    [InlineData("_a.xn--bcher-kva", "example.com", "_a.xn--bcher-kva.example.com")]
    public void Prepend_Labels_KeepTheNameBelow(string label, string name, string expected)
    {
        var longer = DomainName.Parse(name).Prepend(label);
        Assert.Equal(expected, longer.Ascii);
        Assert.Equal(DomainName.ParseLax(expected).Unicode, longer.Unicode);
        Assert.EndsWith(DomainName.Parse(name).Unicode, longer.Unicode, StringComparison.Ordinal);
    }

    /// <summary>Whoever asks for a wildcard says so; no name of others becomes one.</summary>
    [Fact]
    [Trait("rfc", "4592#2.1.1")]
    public void Prepend_Asterisk_IsTheOwnerOfAWildcard()
    {
        var wildcard = DomainName.Parse("bücher.example").Prepend("*");
        Assert.Equal(("*.xn--bcher-kva.example", "*.bücher.example"), (wildcard.Ascii, wildcard.Unicode));
        Assert.True(wildcard.IsSubdomainOf(DomainName.Parse("bücher.example")));
        Assert.False(DomainName.TryParseLax(wildcard.Ascii, out _));
        Assert.False(DomainName.TryParse(wildcard.Ascii, out _));
    }

    [Theory]
    [InlineData("**")]
    [InlineData("*.a")]
    [InlineData("a.*")]
    [InlineData("a*")]
    [InlineData("a b")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("ü")]
    [InlineData("-a")]
    [InlineData("xn--a")]
    [InlineData("xn--abc-")]
    [InlineData("_25..tcp")]
    public void Prepend_NoLabels_AreRefused(string label) => Assert.Throws<ArgumentException>(() => DomainName.Parse("example.com").Prepend(label));

    [Fact]
    public void Prepend_TooLong_IsRefused()
    {
        var name = DomainName.Parse($"{Label63}.{Label63}.{Label63}.example");
        Assert.Throws<ArgumentException>(() => name.Prepend(Label63));
        Assert.Throws<InvalidOperationException>(() => default(DomainName).Prepend("_25"));
    }

    [Fact]
    public void Default_IsNoName()
    {
        Assert.Equal(string.Empty, default(DomainName).Ascii);
        Assert.Equal(string.Empty, default(DomainName).ToString());
        Assert.NotEqual(DomainName.Parse("example.com"), default);
        Assert.Throws<FormatException>(() => DomainName.Parse("a..b"));
        Assert.Throws<FormatException>(() => DomainName.ParseLax("a..b"));
    }

    [Fact]
    public void Order_IsByTheOctetsOfTheALabels()
    {
        var (a, b) = (DomainName.Parse("a.example"), DomainName.Parse("b.example"));
        Assert.True(a < b && b > a && a <= b && b >= a && default(DomainName) < a);
        Assert.Equal(DomainName.Parse("bücher.example"), DomainName.Parse("xn--bcher-kva.example"));
        Assert.Equal(DomainName.Parse("bücher.example").GetHashCode(), DomainName.Parse("xn--bcher-kva.example").GetHashCode());
    }

    [Property(MaxTest = 1000)]
    public void TryParse_WhatItAccepts_ReadsBackEqualInBothForms(NonNull<string> text)
    {
        if (DomainName.TryParse(text.Get, out var name))
            AssertCanonical(name);
    }

    [Property(MaxTest = 1000)]
    public Property TryParse_NamesOfMixedScripts_AreCanonical() => Prop.ForAll(Names().ToArbitrary(), text =>
    {
        if (DomainName.TryParse(text, out var name))
            AssertCanonical(name);
    });

    private static void AssertCanonical(DomainName name)
    {
        Assert.Equal(name, DomainName.Parse(name.Ascii));
        Assert.Equal(name, DomainName.Parse(name.Unicode));
        Assert.Equal(name.Unicode, DomainName.Parse(name.Ascii).Unicode);
        Assert.InRange(name.Ascii.Length, 1, 253);
        Assert.All(name.Ascii, character => Assert.True(char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '.'));
        Assert.All(name.Ascii.Split('.'), label => Assert.InRange(label.Length, 1, 63));
    }

    private static Gen<string> Names()
    {
        var character = Gen.Elements("abcz019-_ABCüßéあ例字אبя·．。.ＡⅧ️💩".EnumerateRunes().Select(rune => rune.ToString()).ToArray());
        var label = Gen.ArrayOf(character).Where(parts => parts.Length is > 0 and < 30).Select(string.Concat);
        return Gen.ArrayOf(label).Where(labels => labels.Length is > 0 and < 6).Select(labels => string.Join('.', labels));
    }
}
