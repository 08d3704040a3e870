using Mail.Security.Testing;
using Org.BouncyCastle.X509;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Paths;

[Trait("rfc", "7672#3.2.3")]
public sealed class ServerNamesTests
{
    [Theory]
    [InlineData("mx.example.com", "mx.example.com", true)]
    [InlineData("MX.Example.COM", "mx.example.com", true)]
    [InlineData("mx.example.com.", "mx.example.com", false)]
    [InlineData("example.com", "mx.example.com", false)]
    [InlineData("a.mx.example.com", "mx.example.com", false)]
    [InlineData("*.example.com", "mx.example.com", true)]
    [InlineData("*.EXAMPLE.com", "mx.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "a.mx.example.com", false)]
    [InlineData("*.mx.example.com", "mx.example.com", false)]
    [InlineData("*.com", "example.com", false)]
    [InlineData("*", "mx.example.com", false)]
    [InlineData("*.", "mx.example.com", false)]
    [InlineData("*.*.com", "mx.example.com", false)]
    [InlineData("mx.*.com", "mx.example.com", false)]
    [InlineData("m*.example.com", "mx.example.com", false)]
    [InlineData("*x.example.com", "mx.example.com", false)]
    [InlineData("m?.example.com", "mx.example.com", false)]
    [InlineData("", "mx.example.com", false)]
    [InlineData(" mx.example.com", "mx.example.com", false)]
    [InlineData("mx.example.com\0.evil.example", "mx.example.com", false)]
    [InlineData("mx_1.example.com", "mx_1.example.com", true)]
    [InlineData("*.example.com", "mx_1.example.com", true)]
    [InlineData("xn--bcher-kva.example", "bücher.example", true)]
    [InlineData("bücher.example", "bücher.example", false)]                   // a certificate holds A-labels
    [InlineData("ｍｘ.example.com", "mx.example.com", false)]
    [InlineData("mx。example.com", "mx.example.com", false)]
    [InlineData("m\u00ADx.example.com", "mx.example.com", false)]
    [InlineData("\u212A.example.com", "k.example.com", false)]                // the Kelvin sign
    [InlineData("*.ｅxample.com", "mx.example.com", false)]
    public void Matches_Names_AsciiAndWholeLabelsOnly(string presented, string reference, bool matches) =>
        Assert.Equal(matches, ServerNames.Matches(presented, DomainName.ParseLax(reference)));

    [Fact]
    public void FirstMatch_AlternativeNames_HideTheCommonName()
    {
        Assert.Equal("", Match(new() { CommonName = "mx.example.com", DnsNames = ["other.example"] }));
        Assert.Equal("", Match(new() { CommonName = "mx.example.com", DnsNames = [""] }));
        Assert.Equal("mx.example.com", Match(new() { CommonName = "mx.example.com" }));
        Assert.Equal("mx.example.com", Match(new() { CommonName = "*.example.com" }));
        Assert.Equal("", Match(new() { CommonName = "Mail of example.com" }));
        Assert.Equal("", Match(new() { CommonName = "" }));
        // RFC 7672 §3.2.3: only DNS names hide it; an address in the extension does not.
        Assert.Equal("mx.example.com", Match(new() { CommonName = "mx.example.com", Extensions = [new("2.5.29.17", [0x30, 6, 0x87, 4, 192, 0, 2, 1], false)] }));
    }

    [Fact]
    public void FirstMatch_SeveralReferences_TheirOrderCounts()
    {
        using var leaf = TestCertificateAuthority.CreateSelfSigned(new() { DnsNames = ["b.example", "a.example"] }, Clock);
        DomainName[] references = [DomainName.Parse("x.example"), DomainName.Parse("a.example"), DomainName.Parse("b.example")];
        Assert.Equal("a.example", ServerNames.Of(new X509Certificate(leaf.RawData)).FirstMatch(references).Ascii);
    }

    private static string Match(TestCertificateSpec spec)
    {
        using var root = TestCertificateAuthority.CreateRoot(time: Clock);
        using var leaf = root.Issue(spec);
        return ServerNames.Of(new X509Certificate(leaf.RawData)).FirstMatch([Host]).Ascii;
    }
}
