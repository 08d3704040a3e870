using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Content;

public sealed class ContentCheckTests
{
    [Theory]
    [InlineData("", SyntaxFault.None, true)]
    [InlineData("a\r\n.\r\n", SyntaxFault.None, true)]
    [InlineData("a", SyntaxFault.None, false)]
    [InlineData("a\n", SyntaxFault.BareLineFeed, false)]
    [InlineData("a\r", SyntaxFault.BareCarriageReturn, false)]
    [InlineData("a\0", SyntaxFault.NulByte, false)]
    [Trait("rfc", "5321#2.3.8")]
    public void Write_Content_FindsWhatDataCouldNotCarry(string content, SyntaxFault fault, bool lineEnd)
    {
        foreach (var input in new[] { Wire.Of(content), Wire.CutEverywhere(Wire.Bytes(content)) })
        {
            var check = new ContentCheck();
            check.Write(input);
            Assert.Equal((fault, lineEnd), (check.GetFault(), check.EndsWithLineEnd));
            Assert.Equal(content == "a\r" ? SyntaxFault.None : fault, check.Fault);      // its LF may still come
        }
    }

    [Theory]
    [InlineData("a\0\n", SyntaxFault.NulByte, 1)]
    [InlineData("a\n\0", SyntaxFault.BareLineFeed, 1)]
    [InlineData("a\r\0", SyntaxFault.BareCarriageReturn, 2)]       // shown by the byte that is a fault of its own
    [InlineData("a\0\ra", SyntaxFault.NulByte, 1)]
    [InlineData("a\r\r\n\0", SyntaxFault.BareCarriageReturn, 2)]
    [InlineData("a\n\ra", SyntaxFault.BareLineFeed, 1)]
    [InlineData("a\r\n.\n\0", SyntaxFault.BareLineFeed, 4)]
    public void Write_SeveralFaults_TheFirstByteDecides(string content, SyntaxFault fault, int length)
    {
        foreach (var before in Enumerable.Range(0, 140))
        {
            var bytes = Wire.Bytes(new string('x', before) + content + "\r\n\n\0\r");
            foreach (var input in new[] { Wire.Cut(bytes, []), Wire.CutEverywhere(bytes) })
            {
                var check = new ContentCheck();
                check.Write(input);
                Assert.Equal((fault, fault, before + (long)length), (check.Fault, check.GetFault(), check.LengthBeforeFault));
            }
        }
    }

    // After each block it must be known what the bytes up to there are, whichever blocks they came in.
    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 3000)]
    public void Write_HostileContentCutAnywhere_AsTheReferenceSaysAtEveryCut(HostileBytes hostile)
    {
        foreach (var policy in Enum.GetValues<BareLineEndPolicy>())
        {
            foreach (var cuts in new int[][] { [], hostile.Cuts, [.. Enumerable.Range(0, hostile.Bytes.Length)] })
                AssertAsReference(hostile.Bytes, cuts, policy);
        }
    }

    [Fact]
    public void Write_EveryShortContentAtEveryPlaceOfABlock_AsTheReferenceSays()
    {
        foreach (var content in Enumerable.Range(1, 4).SelectMany(Contents))
        {
            for (var before = 24; before < 36; before++)
                AssertAsReference(Wire.Bytes(new string('x', before) + content + new string('y', 70)), [], BareLineEndPolicy.Refuse);
        }
    }

    private static IEnumerable<string> Contents(int length) => length == 0
        ? [""]
        : from rest in Contents(length - 1) from letter in "\r\n.\0a" select rest + letter;

    private static void AssertAsReference(byte[] bytes, int[] cuts, BareLineEndPolicy policy)
    {
        var check = new ContentCheck(policy);
        var at = 0;
        foreach (var block in Wire.Cut(bytes, cuts))
        {
            check.Write(block.Span);
            at += block.Length;
            var soFar = bytes.AsSpan(0, at);
            var expected = (ReferenceFault.Of(soFar, ContentEnd.Open, policy), ReferenceFault.Of(soFar, ContentEnd.Reached, policy), (long)ReferenceFault.Length(soFar, policy));
            Assert.Equal(expected, (check.Fault, check.GetFault(), check.LengthBeforeFault));
        }
        Assert.Equal(bytes.Length, at);
    }
}
