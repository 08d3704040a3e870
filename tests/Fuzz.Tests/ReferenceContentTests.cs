using System.Text;
using Mail.Security.Fuzz.Targets;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Tests;

/// <summary>The machine that the decoder is compared with is itself held against a table.</summary>
public sealed class ReferenceContentTests
{
    [Theory]
    [InlineData(".\r\nNOOP", true, "", SyntaxFault.None, 3)]
    [InlineData("a\r\n.\r\n", true, "a\r\n", SyntaxFault.None, 6)]
    [InlineData("..a\r\n.\r\n", true, ".a\r\n", SyntaxFault.None, 8)]
    [InlineData("a\n.\n\r\n.\r\n", true, "a\n.\n\r\n", SyntaxFault.BareLineFeed, 9)]
    [InlineData("a\r.\r\n.\r\n", true, "a\r.\r\n", SyntaxFault.BareCarriageReturn, 8)]
    [InlineData("\0\r\n.\r\n", true, "\0\r\n", SyntaxFault.NulByte, 6)]
    [InlineData("\0a\n\r\n.\r\n", true, "\0a\n\r\n", SyntaxFault.NulByte, 8)]
    [InlineData("\r\0\r\n.\r\n", true, "\r\0\r\n", SyntaxFault.BareCarriageReturn, 7)]
    [InlineData("a\r\n.", false, "a\r\n", SyntaxFault.None, 4)]
    [InlineData("a\r\n.\r", false, "a\r\n", SyntaxFault.None, 5)]
    [InlineData(".b", false, "b", SyntaxFault.None, 2)]
    [Trait("rfc", "5321#4.5.2")]
    public void Read_Stream_AsTheStandardSays(string wire, bool complete, string content, SyntaxFault fault, int consumed)
    {
        var read = ReferenceContent.Read(Encoding.Latin1.GetBytes(wire));
        Assert.Equal((complete, content, fault, consumed), (read.IsComplete, Encoding.Latin1.GetString(read.Content), read.Fault, read.Consumed));
    }

    [Theory]
    [InlineData("a\r\n", false, SyntaxFault.None)]
    [InlineData("a\r", false, SyntaxFault.None)]
    [InlineData("a\r", true, SyntaxFault.BareCarriageReturn)]
    [InlineData("\n\0\r", true, SyntaxFault.BareLineFeed)]
    [InlineData("\0", true, SyntaxFault.NulByte)]
    [InlineData("\0\n", true, SyntaxFault.NulByte)]
    [InlineData("\r\0", false, SyntaxFault.BareCarriageReturn)]
    [InlineData("\0\r", true, SyntaxFault.NulByte)]
    public void FaultOf_Content_TheFirst(string content, bool ended, SyntaxFault fault) =>
        Assert.Equal(fault, ReferenceContent.FaultOf(Encoding.Latin1.GetBytes(content), ended));
}
