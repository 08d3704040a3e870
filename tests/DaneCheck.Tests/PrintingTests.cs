using DaneCheck.Lookups;
using DaneCheck.Printing;
using Mail.Security.Dnssec;

namespace DaneCheck.Tests;

public sealed class PrintingTests
{
    private static readonly DnssecLink Root = new(".", DnssecLinkState.Secure, 20326, "RSASHA256", "trust anchor");
    private static readonly DnssecLink Com = new("com", DnssecLinkState.Secure, 19718, "ECDSAP256SHA256", "by DS");
    private static readonly DnssecLink Example = new("example.com", DnssecLinkState.Secure, 370, "ECDSAP256SHA256", "by DS");
    private static readonly DnssecLink Net = new("net", DnssecLinkState.Insecure, null, "", "delegated without DS records");

    [Fact]
    public void Tree_ManyChains_WhatTheyShareStandsOnce()
    {
        var tree = ChainTree.Of(
        [
            [Root, Com, Example, Records("example.com MX")],
            [Root, Com, Example, Records("www.example.com CNAME"), Net, Records("mx.example.net A")],
            [Root, Com, Records("example.com DS")],
        ]);

        Assert.Equal(".[com[example.com[example.com MX,www.example.com CNAME],example.com DS],net[mx.example.net A]]", Say(Assert.Single(tree.Tops)));
    }

    [Fact]
    public void Tree_AnchorBelowTheRoot_IsATopOfItsOwn()
    {
        var tree = ChainTree.Of([[Example, Records("example.com MX")], [Records("example.org MX")]]);

        Assert.Equal(["example.com[example.com MX]", "example.org MX"], tree.Tops.Select(Say));
    }

    [Fact]
    public void Write_Chain_KeyTagAlgorithmAndVerdictOfEach()
    {
        var output = Print(Painter.Plain);

        Assert.Contains(".  secure, key 20326 RSASHA256  trust anchor\n  com  secure, key 19718 ECDSAP256SHA256  by DS\n    example.com  secure, key 370", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Terminal_ColoursAndLines()
    {
        var output = Print(Painter.Colourful);

        Assert.Contains("\e[32msecure\e[0m", output, StringComparison.Ordinal);
        Assert.Contains("   └─ ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\e[2Jb\r\nc", "a?[2Jb??c")]
    [InlineData("left\u202eright", "left?right")]
    [InlineData("mx\u200b.exam\u00adple\ufeff", "mx?.exam?ple?")]              // there, and not to be seen
    [InlineData("mx\U000e0041\U000e007f", "mx??")]                             // tags
    [InlineData("bücher 邮件 \U0001f4e7", "bücher 邮件 \U0001f4e7")]
    public void Paint_TextOfOthers_CannotSteerTheTerminal(string text, string shown) => Assert.Equal(shown, Painter.Plain.Paint(text, Ink.Plain));

    private static string Print(Painter painter)
    {
        var output = new StringWriter { NewLine = "\n" };
        new ReportText(output, painter).Write(new LookupReport
        {
            Resolver = "validated here",
            Lookup = new Lookup { Type = "MX", Name = "example.com", Records = ["10 mx.example.com."], Security = DnsSecurity.Secure, Chain = [Root, Com, Example, Records("example.com MX")] },
        });
        return output.ToString();
    }

    private static DnssecLink Records(string what) => new(what, DnssecLinkState.Secure, 5, "ECDSAP256SHA256", "signed");

    private static string Say(ChainNode node) => node.Link.Name + (node.Below.Count == 0 ? "" : $"[{string.Join(',', node.Below.Select(Say))}]");
}
